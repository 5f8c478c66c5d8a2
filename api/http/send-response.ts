/**
 * Writes a response to a client as fast as it reads and no faster: piece by piece, each when the
 * one before has left, so that what waits is known and progress can be seen.
 */
import type { ServerResponse } from 'node:http'
import type { Outlet } from './outlets.ts'
import { refusalBody } from './socket-refusal.ts'

/** Written at a time: a client slower than this in the time that bytes may wait is cut. */
export const PIECE_BYTES_MAX = 64 * 1024

const RETRY_AFTER_S = 5

/**
 * Sends the response and resolves when it has left, or its client is gone; its body is then
 * cancelled. Where there is no room for it, 503 is sent instead. Rejects as the body does, after
 * the connection was ended.
 */
export const sendResponse = async (
  response: Response,
  to: ServerResponse,
  outlet: Outlet,
): Promise<void> => {
  // A body of either fetch implementation, which yields bytes.
  const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined
  const isGone = (): boolean => to.destroyed || to.writableEnded
  if (reader === undefined || to.req.method === 'HEAD' || isGone()) {
    if (!isGone()) {
      writeHead(response, to)
      to.end()
    }
    // Yoga's event streams can be cancelled once they have begun, and not before.
    await reader?.read()
    await reader?.cancel()
    return
  }
  let leave: () => void = () => {}
  to.once('close', () => {
    leave()
    // The request's own signal says the same to what makes the body.
    reader.cancel().catch(() => {})
  })
  const write = async (piece: Uint8Array): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    leave = resolve
    to.write(piece, () => resolve())
    await promise
  }
  try {
    for (let part = await reader.read(); !part.done && !isGone(); part = await reader.read()) {
      if (!outlet.take(part.value.byteLength)) return await refuse(to)
      if (!to.headersSent) writeHead(response, to)
      for (const piece of bytePiecesOf(part.value)) {
        if (!isGone()) await write(piece)
        outlet.release(piece.byteLength)
      }
    }
    if (isGone()) return
    if (!to.headersSent) writeHead(response, to)
    to.end()
  } catch (error) {
    to.destroy()
    throw error
  }
}

/** The bytes in order, in pieces that may be sent at once; none is copied. */
export function* bytePiecesOf(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES_MAX)
    yield bytes.subarray(at, at + PIECE_BYTES_MAX)
}

const writeHead = ({ status, headers }: Response, to: ServerResponse): void => {
  to.setHeaders(headers)
  to.writeHead(status)
}

/** A response that has begun can only be broken off. */
const refuse = async (to: ServerResponse): Promise<void> => {
  if (to.headersSent) return void to.destroy()
  to.writeHead(503, {
    'content-type': 'application/json; charset=utf-8',
    'retry-after': String(RETRY_AFTER_S),
    connection: 'close',
  })
  to.end(refusalBody('UNAVAILABLE', 'Too much waits to be sent; try again later'))
}
