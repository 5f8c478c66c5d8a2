import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RetryableError } from '../../domain/errors.ts'
import { readEventStream, type ServerEvent } from './event-stream.ts'
import { createMessageQueue } from './message-queue.ts'

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const collected: T[] = []
  for await (const item of items) collected.push(item)
  return collected
}

describe('an event stream', () => {
  it('is read the same, however its bytes were cut', async () => {
    const text =
      ':\n\nevent: next\ndata: {"a":"ü"}\n\n: ping\n\nevent: next\ndata: {"b":\ndata: 1}\n\nevent: complete\ndata:\n\n'
    const expected: ServerEvent[] = [
      { event: 'next', data: '{"a":"ü"}' },
      { event: 'next', data: '{"b":\n1}' },
      { event: 'complete', data: '' },
    ]
    const bytes = new TextEncoder().encode(text)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: bytes.length }), { maxLength: 12 }),
        async (cuts) => {
          const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
          const body = new ReadableStream<Uint8Array>({
            start: (controller) => {
              for (const [index, edge] of edges.slice(1).entries())
                controller.enqueue(bytes.slice(edges[index], edge))
              controller.close()
            },
          })
          expect(await collect(readEventStream(body))).toEqual(expected)
        },
      ),
    )
  })

  it('is cancelled when its reader stops early', async () => {
    let isCancelled = false
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('data: 1\n\n')),
      cancel: () => {
        isCancelled = true
      },
    })
    for await (const _event of readEventStream(body)) break
    expect(isCancelled).toBe(true)
  })
})

describe('a message queue', () => {
  it('gives what was pushed, then the end', async () => {
    const queue = createMessageQueue<number>(10)
    queue.push(1)
    const reading = collect(queue.messages())
    queue.push(2)
    queue.end()
    queue.push(3)
    expect(await reading).toEqual([1, 2])
  })

  it('gives what was pushed before the reader fell too far behind, then says so', async () => {
    const queue = createMessageQueue<number>(2)
    for (const message of [1, 2, 3]) queue.push(message)
    const messages = queue.messages()
    expect([await messages.next(), await messages.next()]).toMatchObject([
      { value: 1 },
      { value: 2 },
    ])
    await expect(messages.next()).rejects.toBeInstanceOf(RetryableError)
  })
})
