/**
 * Refusals that are written to a socket by hand, because no response stands for it: upgrades that
 * are not wanted, and what is no HTTP.
 */
import type { Duplex } from 'node:stream'

/** `status` with its reason phrase, `403 Forbidden`. */
export type SocketRefusal = Readonly<{ status: string; code: string; message: string }>

/** The body of a refusal, in the shape that GraphQL clients understand. */
export const refusalBody = (code: string, message: string): string =>
  JSON.stringify({ errors: [{ message, extensions: { code } }] })

/** What the client is given to read the refusal, and to close its side. */
const LINGER_MS = 1_000

/** Answers with the refusal and ends the connection, also when the client keeps its side open. */
export const refuseSocket = (socket: Duplex, { status, code, message }: SocketRefusal): void => {
  const body = refusalBody(code, message)
  const head = `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8`
  socket.end(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}
