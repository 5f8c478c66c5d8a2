import { describe, expect, it } from 'vitest'
import { RetryableError } from '../../../domain/errors.ts'
import { NEVER } from '../../../domain/waiting/pause.ts'
import type { UntypedDocument } from '../../../schemas/graphql/typed-document.ts'
import { eventsDocument } from '../../../schemas/graphql/worlds/infinite-hex-adventurers/documents.ts'
import type { Client } from '../../client/client.ts'
import { GraphQLRequestError } from '../../client/graphql-request-error.ts'
import { type AppState, initialState } from './app-state.ts'
import { createLookUps } from './look-ups.ts'
import { PastWorld } from './past.ts'
import { readPersistently, readWithin } from './reads.ts'
import { createStore, type Store } from './store.ts'
import { hexFor } from './world.testing.ts'

const metaAt = (number: number): AppState['meta'] => ({
  chainId: '0x1',
  worldAddress: '0x1',
  position: 1,
  lag: 0,
  projectionVersion: '1',
  block: { number, time: '2026-01-01T00:00:00.000Z' },
})
const camera = { x: 0, y: 0, scale: 40, width: 800, height: 600 }
const answerTo = (document: string): unknown =>
  document === String(eventsDocument)
    ? { events: { edges: [], pageInfo: { hasNextPage: false, endCursor: null } } }
    : { hexesInRadius: [hexFor(0, 0)] }

type Asked = (document: string, signal: AbortSignal) => Promise<unknown>

/** A page that has the head at block 1,000, and whose server answers as `ask` does. */
const pageWith = (ask: Asked) => {
  const store = createStore<AppState>({ ...initialState, camera, meta: metaAt(1_000) })
  const query = (document: UntypedDocument, _: unknown, options?: { signal?: AbortSignal }) =>
    ask(String(document), options?.signal ?? NEVER)
  // The past asks the client for nothing but answers to queries.
  const client = { query } as unknown as Client
  const read: number[] = []
  const past = new PastWorld(client, store, (block) => read.push(block))
  const go = (block: number): void => {
    store.set({ block })
    past.readSoon(0)
  }
  return { store, past, go, read }
}

const when = (store: Store<AppState>, holds: (state: AppState) => boolean): Promise<void> =>
  new Promise((resolve) => {
    if (holds(store.get())) return resolve()
    const stop = store.watch(() => {
      if (!holds(store.get())) return
      stop()
      resolve()
    })
  })

describe('the past', () => {
  it('is shown when it was read, and not before', async () => {
    const gate = Promise.withResolvers<void>()
    const { store, past, go, read } = pageWith(async (document) => {
      await gate.promise
      return answerTo(document)
    })
    go(900)
    expect(store.get()).toMatchObject({ block: 900, shown: null, past: { isLoading: true } })
    expect(past.atlas).toBeNull()
    gate.resolve()
    await when(store, ({ shown }) => shown === 900)
    expect(past.atlas?.hexes.size).toBe(1)
    expect(read).toEqual([900])
    past.leave()
    expect(store.get()).toMatchObject({ shown: null, past: { isLoading: false } })
  })

  it('is read again when that failed, and says so meanwhile', async () => {
    let tries = 0
    const { store, go } = pageWith(async (document) => {
      tries += 1
      if (tries <= 2) throw new RetryableError('the server is away')
      return answerTo(document)
    })
    go(900)
    await when(store, ({ past }) => past.trouble !== null)
    expect(store.get()).toMatchObject({
      shown: null,
      past: { trouble: 'block 900 cannot be read: the server is away; trying again' },
    })
    await when(store, ({ shown }) => shown === 900)
    expect(store.get().past).toEqual({ isLoading: false, trouble: null })
  })

  it('stays as it is when another block of it is refused, with the reason', async () => {
    let isRefusing = false
    const { store, past, go } = pageWith(async (document) => {
      if (!isRefusing) return answerTo(document)
      throw new GraphQLRequestError([
        { message: 'before the first block', extensions: { code: 'AT_BEFORE_START' } },
      ])
    })
    go(900)
    await when(store, ({ shown }) => shown === 900)
    const before = past.atlas
    isRefusing = true
    go(0)
    await when(store, ({ past: { trouble } }) => trouble !== null)
    expect(store.get()).toMatchObject({
      shown: 900,
      past: { isLoading: false, trouble: 'block 0 cannot be read: before the first block' },
    })
    expect(past.atlas).toBe(before)
  })

  it('that is still to come is not asked for until the head is there', async () => {
    let asked = 0
    const { store, past, go } = pageWith(async (document) => {
      asked += 1
      return answerTo(document)
    })
    go(1_002)
    await when(store, ({ past: { trouble } }) => trouble !== null)
    expect(store.get()).toMatchObject({
      shown: null,
      past: { isLoading: false, trouble: 'block 1,002 is still to come' },
    })
    past.headMoved(1_001)
    expect(asked).toBe(0)
    store.set({ meta: metaAt(1_002) })
    past.headMoved(1_002)
    await when(store, ({ shown }) => shown === 1_002)
  })

  it('waits for the head where none is known yet', async () => {
    const { store, past, go } = pageWith(async (document) => answerTo(document))
    store.set({ meta: null })
    go(900)
    expect(store.get()).toMatchObject({ shown: null, past: { isLoading: true, trouble: null } })
    store.set({ meta: metaAt(1_000) })
    past.headMoved(1_000)
    await when(store, ({ shown }) => shown === 900)
  })
})

describe('a read', () => {
  it('that takes too long is trouble that may pass; one that was ended is nobody’s', async () => {
    const forever = (signal: AbortSignal): Promise<never> =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    await expect(readWithin(5, forever, NEVER)).rejects.toBeInstanceOf(RetryableError)
    const ending = new AbortController()
    const troubles: string[] = []
    const reading = readPersistently(forever, ending.signal, (trouble) => troubles.push(trouble))
    ending.abort()
    await expect(reading).rejects.toBe(ending.signal.reason)
    expect(troubles).toEqual([])
  })

  it('of many ids goes one batch at a time, and asks again where that failed', async () => {
    const batches: (readonly string[])[] = []
    const troubles: string[] = []
    let open = 0
    let openMax = 0
    const news = Promise.withResolvers<void>()
    const lookUps = createLookUps<string, string>({
      batchIdsMax: 2,
      ask: async (ids) => {
        open += 1
        openMax = Math.max(openMax, open)
        await Promise.resolve()
        open -= 1
        batches.push(ids)
        if (batches.length === 1) throw new RetryableError('away')
        return new Map(ids.map((id) => [id, `name of ${id}`]))
      },
      onNews: () => {
        if (lookUps.of('c') !== undefined) news.resolve()
      },
      onTrouble: (message) => troubles.push(message),
    })
    for (const id of ['a', 'b', 'c', 'a', 'b']) expect(lookUps.of(id)).toBeUndefined()
    await news.promise
    expect(batches).toEqual([['a', 'b'], ['a', 'b'], ['c']])
    expect(openMax).toBe(1)
    expect(troubles).toEqual(['away; trying again'])
    expect(lookUps.of('a')).toBe('name of a')
  })
})
