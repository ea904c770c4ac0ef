import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Dispatcher } from 'undici';
import { messageOf } from '../../errors';
import { under } from './address';
import type { Caller } from './caller';
import { EmptyFileError, FileTooLargeError, OutcomeUnknownError, RemoteError } from './errors';
import { Verdict } from './exchange';
import { multipart, type UploadSource } from './multipart';
import { progressMeter, type OnProgress } from './progress';
import { UnusableAnswer, receivePicture, type PictureTarget, type ReceivedPicture } from './receive-picture';
import { pictureKind, pictureKinds, startBytes, type PictureKind } from './signature';

/** Form fields of `POST /rmbg`, as the documents name them. */
export interface RemoveOptions {
  /** `webp` when left out. */
  format?: PictureKind;
  /** Target size in pixels, 1…10000; the aspect ratio is kept. */
  w?: number;
  h?: number;
  /** Exactly w × h, may distort. */
  exact_resize?: boolean;
  /** Only the alpha mask. */
  mask?: boolean;
  bg_color?: string;
  /** Degrees, −360…360. */
  angle?: number;
  expand?: boolean;
}

export interface RemoveCall {
  source: UploadSource;
  fields: Record<string, string>;
  /** Kind of picture the fields ask for. */
  kind: PictureKind;
  target: PictureTarget;
  maxAnswerBytes: number;
  onUpload?: OnProgress | undefined;
  onDownload?: OnProgress | undefined;
  signal?: AbortSignal | undefined;
}

/** Limit of the service on one file (documents: "maximum allowed size of 50 MB"). */
const maxUploadMegabytes = 50;
const MEGABYTE = 1024 * 1024;
const chunkBytes = 64 * 1024;

/** Options as form fields; what is left out is not sent, so the service's defaults hold. */
export function formFields(options: RemoveOptions): Record<string, string> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

/** One `POST /rmbg`: one credit, one picture. */
export async function removeBackground(
  caller: Caller,
  dispatcher: Dispatcher,
  apiUrl: URL,
  { source, fields, kind, target, maxAnswerBytes, onUpload, onDownload, signal }: RemoveCall,
): Promise<ReceivedPicture> {
  checkLength(source);
  return caller.call({
    dispatcher,
    paid: true,
    signal,
    request: () => {
      const body = multipart(source, fields);
      return {
        method: 'POST',
        url: under(apiUrl, '/rmbg'),
        body,
        onSent: progressMeter('upload', body.length, onUpload),
      };
    },
    receive: async (response) => {
      const length = contentLength(response.header('content-length'));
      const meter = progressMeter('download', length, onDownload);
      try {
        return await receivePicture(counted(response.body, meter), target, { kind, length, maxBytes: maxAnswerBytes });
      } catch (error) {
        throw unusable(error);
      }
    },
  });
}

/** Refuses without sending what the service would refuse, in its words. */
function checkLength({ length }: UploadSource): void {
  const refuse = (message: string) => ({ details: [{ field: 'image', message }] });
  if (length === 0) {
    const message = 'Uploaded file is empty (0 bytes).';
    throw new EmptyFileError(message, refuse(message));
  }
  if (length > maxUploadMegabytes * MEGABYTE) {
    const megabytes = (length / MEGABYTE).toFixed(1);
    const message = `File size (${megabytes} MB) exceeds the maximum allowed size of ${maxUploadMegabytes} MB.`;
    throw new FileTooLargeError(message, refuse(message));
  }
}

/** A status 200 without its picture: the work was done, and is paid for or not. */
function unusable(error: unknown): unknown {
  if (!(error instanceof UnusableAnswer)) return error;
  const text = `The Rembg service answered, but ${error.message}. Whether the call was charged is unknown.`;
  return new Verdict(new OutcomeUnknownError(text, { remoteStatus: 200, cost: 'unknown', cause: error }));
}

async function* counted(body: AsyncIterable<Buffer>, count: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of body) {
    count(chunk.length);
    yield chunk;
  }
}

const contentLength = (header: string | undefined) =>
  header !== undefined && /^\d+$/.test(header) ? Number(header) : undefined;

/** A file on disk as an upload, named after its kind: the service goes by the name's ending. */
export async function fileSource(path: string, name?: string): Promise<UploadSource> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'source.missing' : 'source.unreadable';
    throw new RemoteError(code, `The picture to send could not be read: ${messageOf(error)}`, { cause: error });
  });
  try {
    const { size } = await handle.stat();
    const start = Buffer.alloc(startBytes);
    const { bytesRead } = await handle.read(start, 0, startBytes, 0);
    return {
      ...labels(start.subarray(0, bytesRead), name),
      length: size,
      open: () => createReadStream(path, { highWaterMark: chunkBytes }),
    };
  } finally {
    await handle.close();
  }
}

/** Bytes in memory as an upload. */
export function bufferSource(buffer: Buffer, name?: string): UploadSource {
  return {
    ...labels(buffer.subarray(0, startBytes), name),
    length: buffer.length,
    open: async function* () {
      for (let at = 0; at < buffer.length; at += chunkBytes) yield buffer.subarray(at, at + chunkBytes);
    },
  };
}

function labels(start: Buffer, name: string | undefined): { name: string; mime: string } {
  const kind = pictureKind(start);
  if (!kind) return { name: name ?? 'image', mime: 'application/octet-stream' };
  return { name: name ?? `image${pictureKinds[kind].ext}`, mime: pictureKinds[kind].mime };
}
