/**
 * Reads server-sent events from a byte stream, as the HTML standard defines them; ids and retry
 * times are not used.
 */
import { RetryableError } from '../../domain/errors.ts'

/** One event; several lines of data are joined by line feeds. */
export type ServerEvent = Readonly<{ event: string; data: string }>

/**
 * Longest event that is taken in; a longer one is an error, so that a broken server cannot fill the
 * memory.
 */
const EVENT_CHARACTERS_MAX = 64 * 1024 * 1024

/** The events of a stream in order. Cancels the stream when the reader stops early. */
export async function* readEventStream(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<ServerEvent, void, undefined> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  let finished = false
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      rest += decoder.decode(value, { stream: true })
      const events = rest.split(/\r?\n\r?\n/)
      rest = events.pop() ?? ''
      if (rest.length > EVENT_CHARACTERS_MAX)
        throw new RetryableError('The server sent an event without end')
      for (const text of events) {
        const event = parseEvent(text)
        if (event !== null) yield event
      }
    }
    finished = true
  } finally {
    if (!finished) await reader.cancel()
    reader.releaseLock()
  }
}

/** Null for comments, which servers send to keep the connection alive. */
const parseEvent = (text: string): ServerEvent | null => {
  let event = 'message'
  const data: string[] = []
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon === 0) continue
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') event = value
    if (field === 'data') data.push(value)
  }
  return data.length === 0 && event === 'message' ? null : { event, data: data.join('\n') }
}
