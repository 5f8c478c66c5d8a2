/**
 * The body of a GraphQL request: JSON, plain or compressed, within one bound for what arrives and
 * what comes of it. A refusal never shows what was sent.
 */
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { shown } from '../../domain/shown.ts'
import { codedError } from '../errors.ts'

/** Also of a compressed body, before and after. */
const BODY_BYTES_MAX = 1024 * 1024

const DECODERS = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const

const PARAMETERS: ReadonlySet<string> = new Set([
  'query',
  'variables',
  'operationName',
  'extensions',
])

/** The parameters of the operation, unchecked but for their names. Throws coded errors. */
export const readJsonBody = async (request: Request): Promise<Record<string, unknown>> => {
  const decode = decoderOf(request.headers.get('content-encoding'))
  const bytes = await bytesOf(request)
  const value = jsonOf(await decode(bytes))
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badRequest('The body must be one JSON object: lists of operations are not served')
  const unknown = Object.keys(value).find((name) => !PARAMETERS.has(name))
  if (unknown !== undefined) throw badRequest(`There is no parameter ${shown(unknown)}`)
  return value as Record<string, unknown> // an object, and no list
}

type Decode = (bytes: Uint8Array) => Promise<Uint8Array>

const decoderOf = (encoding: string | null): Decode => {
  const name = (encoding ?? 'identity').trim().toLowerCase()
  if (name === 'identity' || name === '') return async (bytes) => bytes
  const decode = Object.hasOwn(DECODERS, name) ? DECODERS[name as keyof typeof DECODERS] : null // own
  if (decode === null) {
    const message = `Bodies are read as they are, or as ${Object.keys(DECODERS).join(', ')}`
    throw codedError('BAD_REQUEST', message, 415)
  }
  return async (bytes) => {
    try {
      return await decode(bytes, { maxOutputLength: BODY_BYTES_MAX })
    } catch (error) {
      if (error instanceof RangeError) throw tooLarge()
      throw badRequest(`The body is not ${name}, as its content-encoding says`)
    }
  }
}

/** Stops reading at the bound; what else arrives is thrown away by the server. */
const bytesOf = async (request: Request): Promise<Uint8Array> => {
  const length = request.headers.get('content-length')
  if (length !== null && !/^\d{1,15}$/.test(length)) throw badRequest('content-length is no length')
  if (Number(length) > BODY_BYTES_MAX) throw tooLarge()
  const parts: Uint8Array[] = []
  let bytes = 0
  const reader = request.body?.getReader()
  try {
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      bytes += part.value.byteLength
      if (bytes > BODY_BYTES_MAX) break
      parts.push(part.value)
    }
  } catch {
    throw badRequest('The body was cut off') // its sender is gone
  }
  if (bytes > BODY_BYTES_MAX) throw tooLarge()
  return Buffer.concat(parts)
}

const jsonOf = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError)
      throw badRequest('The body is not JSON in UTF-8')
    throw error
  }
}

const badRequest = (message: string): Error => codedError('BAD_REQUEST', message, 400)

const tooLarge = (): Error =>
  codedError('REQUEST_ENTITY_TOO_LARGE', `A body may have ${BODY_BYTES_MAX} bytes`, 413)
