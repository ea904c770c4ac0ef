import { randomBytes } from 'node:crypto';

/** A file to send, readable anew for each attempt. */
export interface UploadSource {
  /** Name the service sees; its ending must tell the type. */
  name: string;
  mime: string;
  /** Bytes, known before sending. */
  length: number;
  open(): AsyncIterable<Uint8Array>;
}

export interface Multipart {
  contentType: string;
  /** Bytes of the whole body. */
  length: number;
  chunks(): AsyncIterable<Uint8Array>;
  /** Bytes of the closing part. A body without it is no request: the service cannot have worked on it. */
  tail: Uint8Array;
}

/** Encodes a form with one file as a stream of known length (RFC 7578). The file comes first, then the fields. */
export function multipart(file: UploadSource, fields: Record<string, string>): Multipart {
  const boundary = `----cutout${randomBytes(16).toString('hex')}`;
  const head = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="image"; filename="${escapeName(file.name)}"\r\n` +
      `Content-Type: ${file.mime}\r\n\r\n`,
  );
  const rest = Object.entries(fields).map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(name)}"\r\n\r\n${value}\r\n`,
  );
  const tail = Buffer.from(`\r\n${rest.join('')}--${boundary}--\r\n`);

  async function* chunks() {
    yield head;
    yield* exactly(file);
  }
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    length: head.length + file.length + tail.length,
    chunks,
    tail,
  };
}

/** A file that grew or shrank since it was measured would break the promised length: that ends the request. */
async function* exactly({ open, length, name }: UploadSource) {
  let sent = 0;
  for await (const chunk of open()) {
    sent += chunk.length;
    if (sent > length) break;
    yield chunk;
  }
  if (sent !== length)
    throw new Error(`"${name}" was expected to have ${length} bytes but has ${sent > length ? 'more' : sent}.`);
}

/** As the HTML standard writes names in multipart headers. */
function escapeName(name: string): string {
  return name.replace(/["\r\n]/g, (char) => encodeURIComponent(char));
}
