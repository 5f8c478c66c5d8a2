/** Bodies of requests to the sandbox's servers, within a bound. */
import type { IncomingMessage } from 'node:http'

/** Largest body that is accepted. */
export const REQUEST_BYTES_MAX = 1 << 20

/**
 * The body as text; null when it is larger than REQUEST_BYTES_MAX. The excess is read and thrown
 * away, because a client that is still writing would not see the answer; beyond `drainedBytesMax`
 * the connection is cut.
 */
export const readBody = async (
  request: IncomingMessage,
  drainedBytesMax: number,
): Promise<string | null> => {
  const chunks: Buffer[] = []
  let bytes = 0
  // A request without an encoding yields buffers.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= REQUEST_BYTES_MAX) chunks.push(chunk)
    else chunks.length = 0
    if (bytes > drainedBytesMax) break
  }
  return bytes > REQUEST_BYTES_MAX ? null : Buffer.concat(chunks).toString('utf8')
}
