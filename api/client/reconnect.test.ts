import { describe, expect, it } from 'vitest'
import { NEVER } from '../../domain/waiting/pause.ts'
import { createClient } from './client.ts'
import { createReconnect, RECONNECT_BACKOFF } from './reconnect.ts'

const isSettled = async (promise: Promise<unknown>): Promise<boolean> => {
  let settled = false
  void promise.then(() => {
    settled = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  return settled
}

/** A clock that stands until it is moved, and a network that can be away. */
const scripted = () => {
  const script = { nowMs: 1_000_000, isOnline: true }
  const reconnect = createReconnect({
    isOnline: () => script.isOnline,
    now: () => script.nowMs,
    random: () => 0,
  })
  return { script, reconnect }
}

describe('the clock of connections', () => {
  it('lets the first try pass, and later ones after pauses that double', async () => {
    const { script, reconnect } = scripted()
    await reconnect.due(NEVER)
    for (const pauseMs of [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]) {
      reconnect.failed()
      script.nowMs += pauseMs - 1
      expect(await isSettled(reconnect.due(AbortSignal.timeout(60_000)))).toBe(false)
      script.nowMs += 1
      await reconnect.due(NEVER)
    }
  })

  it('counts one failure for all streams that were lost together', async () => {
    const { script, reconnect } = scripted()
    for (let stream = 0; stream < 20; stream++) reconnect.failed()
    script.nowMs += RECONNECT_BACKOFF.firstMs
    await reconnect.due(NEVER)
  })

  it('tries nothing without a network, and goes on when it is told that there is one', async () => {
    const { script, reconnect } = scripted()
    script.isOnline = false
    const due = reconnect.due(NEVER)
    expect(await isSettled(due)).toBe(false)
    reconnect.tryNow()
    expect(await isSettled(due)).toBe(false)
    script.isOnline = true
    reconnect.tryNow()
    await due
  })

  it('ends every pause when a connection is open', async () => {
    const { reconnect } = scripted()
    const paused = reconnect.pause(RECONNECT_BACKOFF.maxMs, NEVER)
    expect(await isSettled(paused)).toBe(false)
    reconnect.opened()
    await paused
  })
})

describe('a client whose server is away', () => {
  /** Sockets that fail as soon as anybody listens. */
  const failingSockets = (onTry: () => void) =>
    class {
      static readonly CONNECTING = 0
      static readonly OPEN = 1
      static readonly CLOSING = 2
      static readonly CLOSED = 3
      readyState = 3
      onerror: ((error: Error) => void) | null = null
      onclose: ((event: object) => void) | null = null
      constructor() {
        onTry()
        setImmediate(() => this.onclose?.({ code: 1006, reason: '', wasClean: false }))
      }
      close(): void {}
    }

  it('tries one connection for all its streams, not one for each', async () => {
    let tries = 0
    const stopping = new AbortController()
    const thirdTry = Promise.withResolvers<void>()
    const failuresAtTry: number[] = []
    let failures = 0
    const client = createClient({
      url: 'http://127.0.0.1:1/graphql',
      webSocket: failingSockets(() => {
        tries += 1
        failuresAtTry.push(failures)
        if (tries === 3) thirdTry.resolve()
      }),
    })
    const streams = Array.from({ length: 12 }, async () => {
      const stream = client.follow('subscription { a }', () => ({}), {
        signal: stopping.signal,
        onStatus: () => {
          failures += 1
        },
      })
      for await (const _ of stream) throw new Error('a message came from nowhere')
    })
    await thirdTry.promise
    stopping.abort()
    await Promise.all(streams)
    // Every stream heard of the first failure before the second try: the try was for all of them.
    expect(failuresAtTry.slice(0, 2)).toEqual([0, 12])
  })

  it('tries none while there is no network', async () => {
    let tries = 0
    const stopping = new AbortController()
    const client = createClient({
      url: 'http://127.0.0.1:1/graphql',
      isOnline: () => false,
      webSocket: failingSockets(() => {
        tries += 1
      }),
    })
    const stream = client.follow('subscription { a }', () => ({}), { signal: stopping.signal })
    const ended = stream[Symbol.asyncIterator]().next()
    expect(await isSettled(ended)).toBe(false)
    stopping.abort()
    expect(await ended).toMatchObject({ done: true })
    expect(tries).toBe(0)
  })
})
