/**
 * Files that are served as they are: once compressed for all, under tags, and sent piece by piece
 * without a copy for each client.
 */
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { methodRefused } from './method-refused.ts'
import { bytePiecesOf } from './send-response.ts'

/** A file as served; `path` begins with a slash. */
export type StaticFile = Readonly<{
  path: string
  /** Without a charset: all files are UTF-8. */
  type: string
  text: string
  /** Whether another text has another path, so that it may be kept for ever. */
  isImmutable: boolean
  headers?: Readonly<Record<string, string>>
}>

/** Answers requests for its own paths, null for all others. */
export type FileHandler = (request: Request) => Promise<Response | null>

type Encoding = 'br' | 'gzip' | 'identity'
type Stored = Readonly<{
  file: StaticFile
  digest: string
  /** Compressed at first use, which most encodings of most files never see. */
  bytes: (encoding: Encoding) => Promise<Uint8Array>
}>

/** Brotli's best takes 20 s for some megabytes; this is a tenth larger and takes half a second. */
const BROTLI_QUALITY = 5

/** Serves the files. */
export const createStaticFiles = (files: readonly StaticFile[]): FileHandler => {
  const byPath = new Map(files.map((file) => [file.path, storedOf(file)]))
  return async (request) => {
    const stored = byPath.get(new URL(request.url).pathname)
    if (stored === undefined) return null
    if (request.method !== 'GET' && request.method !== 'HEAD') return methodRefused()
    return answer(request, stored)
  }
}

const storedOf = (file: StaticFile): Stored => {
  const plain = Buffer.from(file.text)
  const made = new Map<Encoding, Promise<Uint8Array>>()
  return {
    file,
    digest: createHash('sha256').update(plain).digest('hex').slice(0, 16),
    bytes: (encoding) => {
      const bytes = made.get(encoding) ?? encoded(plain, encoding)
      made.set(encoding, bytes)
      return bytes
    },
  }
}

const encoded = async (bytes: Uint8Array, encoding: Encoding): Promise<Uint8Array> => {
  switch (encoding) {
    case 'br':
      return promisify(brotliCompress)(bytes, {
        params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY },
      })
    case 'gzip':
      return promisify(gzip)(bytes)
    case 'identity':
      return bytes
  }
  encoding satisfies never
}

const answer = async (request: Request, { file, digest, bytes }: Stored): Promise<Response> => {
  const encoding = encodingFor(request.headers.get('accept-encoding'))
  const headers: Record<string, string> = {
    'content-type': `${file.type}; charset=utf-8`,
    'cache-control': file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    'x-content-type-options': 'nosniff',
    vary: 'Accept-Encoding',
    etag: `"${digest}${encoding === 'identity' ? '' : `-${encoding}`}"`,
    ...file.headers,
  }
  if (isKnown(request, digest)) return new Response(null, { status: 304, headers })
  const body = await bytes(encoding)
  if (encoding !== 'identity') headers['content-encoding'] = encoding
  headers['content-length'] = String(body.byteLength)
  return new Response(request.method === 'HEAD' ? null : streamOf(body), { headers })
}

/** The client's copy may have come in any encoding: it is the same file. */
const isKnown = (request: Request, digest: string): boolean =>
  (request.headers.get('if-none-match') ?? '')
    .split(',')
    .some((tag) => /^(?:W\/)?"([0-9a-f]+)(?:-\w+)?"$/.exec(tag.trim())?.[1] === digest)

/** The smallest encoding that the client reads. */
const encodingFor = (accepted: string | null): Encoding => {
  const weights = new Map(
    (accepted ?? '').split(',').map((part) => {
      const [name = '', weight] = part
        .trim()
        .toLowerCase()
        .split(/\s*;\s*q=/)
      return [name, Number(weight ?? 1)] as const
    }),
  )
  const reads = (name: string): boolean => (weights.get(name) ?? weights.get('*') ?? 0) > 0
  if (reads('br')) return 'br'
  return reads('gzip') ? 'gzip' : 'identity'
}

/** A body of the bytes themselves: a response that is made of bytes copies them all at once. */
const streamOf = (bytes: Uint8Array): ReadableStream<Uint8Array> => {
  const pieces = bytePiecesOf(bytes)
  return new ReadableStream(
    {
      pull: (controller) => {
        const { done, value } = pieces.next()
        if (done === true) controller.close()
        else controller.enqueue(value)
      },
    },
    { highWaterMark: 0 },
  )
}
