import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Dispatcher } from 'undici';
import { failureSentence } from '../../file-fault';
import { kindOfExtension } from '../../imaging/signature';
import { under } from './address';
import type { Caller } from './caller';
import { EmptyFileError, FileTooLargeError, OutcomeUnknownError, PictureLostError, RemoteError } from './errors';
import { AnswerError } from './exchange';
import { multipart, type UploadSource } from './multipart';
import { progressMeter, type OnProgress } from './progress';
import { fileTarget, memoryTarget } from './picture-target';
import { UnusableAnswer, receivePicture, type ReceivedPicture } from './receive-picture';
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
  /** Absolute path of the file to make; memory when left out. */
  output: string | undefined;
  maxAnswerBytes: number;
  onUpload?: OnProgress | undefined;
  onDownload?: OnProgress | undefined;
  signal?: AbortSignal | undefined;
}

/** Limit of the service on one file (documents: "maximum allowed size of 50 MB"). */
const maxUploadMegabytes = 50;
const MEGABYTE = 1024 * 1024;
const chunkBytes = 64 * 1024;
/** A picture is seldom larger than the one it is made of, nor a matte than this. */
const likelyBytes = 8 * MEGABYTE;

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
  { source, fields, kind, output, maxAnswerBytes, onUpload, onDownload, signal }: RemoveCall,
): Promise<ReceivedPicture> {
  checkLength(source);
  const likely = Math.min(source.length, likelyBytes);
  const target = output === undefined ? memoryTarget() : await fileTarget(output, likely);
  const call = caller.call({
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
      const { length, body } = response;
      const meter = progressMeter('download', length, onDownload);
      try {
        return await receivePicture(counted(body, meter), target, { kind, length, maxBytes: maxAnswerBytes });
      } catch (error) {
        throw unusable(error);
      }
    },
  });
  try {
    return await call;
  } finally {
    await target.dispose();
  }
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

/** A status 200 without its picture: a picture that was made is paid for; of anything else nobody can tell. */
function unusable(error: unknown): unknown {
  if (!(error instanceof UnusableAnswer)) return error;
  const { made, message, picture, cause } = error;
  const answered = `The Rembg service answered, but ${message}.`;
  if (made) {
    const options = { remoteStatus: 200, cost: 'charged', cause, picture } as const;
    return new AnswerError(new PictureLostError(`${answered} The call was charged.`, options));
  }
  const text = `${answered} Whether the call was charged is unknown.`;
  return new AnswerError(new OutcomeUnknownError(text, { remoteStatus: 200, cost: 'unknown' }));
}

async function* counted(body: AsyncIterable<Buffer>, count: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of body) {
    count(chunk.length);
    yield chunk;
  }
}

/** A file on disk as an upload, named after its kind: the service goes by the name's ending. */
export async function fileSource(path: string, name?: string): Promise<UploadSource> {
  const handle = await open(path, 'r').catch(unreadable);
  try {
    const { size } = await handle.stat();
    const start = Buffer.alloc(startBytes);
    const { bytesRead } = await handle.read(start, 0, startBytes, 0);
    return {
      ...labels(start.subarray(0, bytesRead), name),
      length: size,
      open: () => createReadStream(path, { highWaterMark: chunkBytes }),
    };
  } catch (error) {
    return unreadable(error);
  } finally {
    await handle.close();
  }
}

function unreadable(error: unknown): never {
  const code = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'source.missing' : 'source.unreadable';
  throw new RemoteError(code, failureSentence(error, 'The picture to send could not be read'), { cause: error });
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
  return { name: honestName(name ?? 'image', kind), mime: pictureKinds[kind].mime };
}

/** The service goes by a name's ending: one that promises another kind of picture than the bytes are is put right. */
function honestName(name: string, kind: PictureKind): string {
  const ending = extname(name);
  const promised = kindOfExtension(ending);
  if (promised === kind || (ending !== '' && promised === null)) return name;
  return `${name.slice(0, name.length - ending.length)}${pictureKinds[kind].ext}`;
}
