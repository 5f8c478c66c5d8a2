/**
 * What the double of EventStoreDB keeps, and by which rules it accepts appends: those that were
 * observed on 23.10.6 and 24.2.0. Pure state, no wire. It is a double: nothing survives it, and what
 * no test needs is left out (links, permissions, persistent subscriptions).
 */

export type Proposed = Readonly<{
  id: string
  type: string
  contentType: string
  data: Uint8Array
  metadata: Uint8Array
}>

export type Kept = Proposed &
  Readonly<{ stream: string; revision: bigint; position: bigint; createdMs: number }>

export type Expected = 'any' | 'no-stream' | 'stream-exists' | bigint

export type Verdict =
  | Readonly<{ kind: 'success'; revision: bigint; position: bigint }>
  /** `actual` null: no stream. */
  | Readonly<{ kind: 'wrong-version'; actual: bigint | null }>
  | Readonly<{ kind: 'deleted' }>
  | Readonly<{ kind: 'too-large' }>
  | Readonly<{ kind: 'bad-request'; message: string }>
  /** The server throws while it makes the reply, and none is ever sent. */
  | Readonly<{ kind: 'no-reply' }>

/** Sum of the data of one append: metadata, types and ids do not count. */
export const APPEND_BYTES_MAX = 1_048_576
/** The revision of a `$streamDeleted`. */
const TOMBSTONE_REVISION = 9_223_372_036_854_775_807n

/** What `$tb` is set to by a deletion; a number cannot hold it exactly. */
const TRUNCATE_ALL = Number(TOMBSTONE_REVISION)

/** How much the server remembers of ids for appends without an exact revision. */
const ID_TABLE_BYTES_MAX = 8 * 1_048_576

type KnownId = Readonly<{ stream: string; revision: bigint; position: bigint; bytes: number }>

export type DoubleStore = Readonly<{
  append: (stream: string, expected: Expected, events: readonly Proposed[]) => Verdict
  /** The name is gone for good. */
  tombstone: (stream: string) => void
  /** Hides what is there; the next append goes on counting behind it. */
  softDelete: (stream: string) => void
  /** Everything in log order, system events among it. */
  all: readonly Kept[]
  /** What a reader of the stream sees, after its metadata; null: there is no such stream. */
  visible: (stream: string) => readonly Kept[] | null
  isDeleted: (stream: string) => boolean
  /** The table of ids is in memory only. */
  forgetIds: () => void
  /** Told after each append that stored something; returns the way to stop it. */
  onAppend: (listener: () => void) => () => void
}>

export const createDoubleStore = (): DoubleStore => {
  const all: Kept[] = []
  const streams = new Map<string, Kept[]>()
  const deleted = new Set<string>()
  const ids = createIdTable()
  const listeners = new Set<() => void>()
  let nextPosition = 548n

  const store = (
    stream: string,
    events: readonly Proposed[],
    revisionOf: (index: number) => bigint,
  ): Kept => {
    const kept = streams.get(stream) ?? []
    for (const [index, event] of events.entries()) {
      const stored: Kept = {
        ...event,
        stream,
        revision: revisionOf(index),
        position: nextPosition,
        createdMs: Date.now(),
      }
      nextPosition += BigInt(90 + stream.length + event.data.length + event.metadata.length)
      kept.push(stored)
      all.push(stored)
      ids.learn(stored)
    }
    streams.set(stream, kept)
    for (const listener of [...listeners]) listener()
    return lastOf(kept)
  }

  const append: DoubleStore['append'] = (stream, expected, events) => {
    const refusal = refusalOf(stream, events)
    if (refusal !== null) return refusal
    if (deleted.has(stream)) return { kind: 'deleted' }
    const kept = streams.get(stream) ?? []
    const current = BigInt(kept.length - 1)
    if (isSoftDeleted(stream)) {
      if (expected === 'stream-exists') return { kind: 'deleted' }
      if (expected === 'no-stream' || expected === current) {
        system(`$$${stream}`, '$metadata', { $tb: kept.length })
        return written(stream, events, current)
      }
    }
    const wrong: Verdict = { kind: 'wrong-version', actual: current < 0n ? null : current }
    if (typeof expected === 'string' && expected !== 'no-stream') {
      if (expected === 'stream-exists' && current < 0n) return wrong
      const known = events.map(({ id }) => ids.find(id, stream))
      const [first, last] = [known[0], known.at(-1)]
      if (first !== undefined)
        return last !== undefined && known.every(Boolean) ? repeatedAnywhere(first, last) : wrong
    } else {
      const revision = expected === 'no-stream' ? -1n : expected
      if (revision > current) return wrong
      if (revision < current) return repeated(kept, Number(revision) + 1, events) ?? wrong
    }
    return written(stream, events, current)
  }

  const written = (stream: string, events: readonly Proposed[], current: bigint): Verdict => {
    const last = store(stream, events, (index) => current + 1n + BigInt(index))
    return { kind: 'success', revision: last.revision, position: last.position }
  }

  const isSoftDeleted = (stream: string): boolean =>
    retentionOf(streams.get(`$$${stream}`)).$tb === TRUNCATE_ALL

  const system = (stream: string, type: string, data: unknown): void => {
    const text = JSON.stringify(data)
    const event: Proposed = { ...proposedSystemEvent(type), data: new TextEncoder().encode(text) }
    const next = BigInt(streams.get(stream)?.length ?? 0)
    store(stream, [event], () => (type === '$streamDeleted' ? TOMBSTONE_REVISION : next))
  }
  system('$$$scavenges', '$metadata', { $maxAge: 2_592_000 }) // a fresh database is not empty

  return {
    append,
    all,
    tombstone: (stream) => {
      deleted.add(stream)
      system(stream, '$streamDeleted', {})
    },
    softDelete: (stream) => system(`$$${stream}`, '$metadata', { $tb: TRUNCATE_ALL }),
    visible: (stream) => {
      const kept = streams.get(stream)
      return kept === undefined || isSoftDeleted(stream)
        ? null
        : kept.filter(isVisibleBy(retentionOf(streams.get(`$$${stream}`)), kept.length))
    },
    isDeleted: (stream) => deleted.has(stream),
    forgetIds: ids.forget,
    onAppend: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const proposedSystemEvent = (type: string) => ({
  id: crypto.randomUUID(),
  type,
  contentType: 'application/json',
  metadata: new Uint8Array(),
})

const lastOf = (kept: readonly Kept[]): Kept => {
  const last = kept.at(-1)
  if (last === undefined) throw new Error('The double stored nothing of an append')
  return last
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/

const refusalOf = (stream: string, events: readonly Proposed[]): Verdict | null => {
  const bad = (message: string): Verdict => ({ kind: 'bad-request', message })
  if (stream === '') return bad('The given key was not present in the dictionary.')
  for (const { id, type } of events) {
    if (type === '') return bad("Empty eventType provided. (Parameter 'eventType')")
    if (!UUID.test(id) || /^[0-]+$/.test(id))
      return bad('The given key was not present in the dictionary.')
  }
  const bytes = events.reduce((sum, { data }) => sum + data.length, 0)
  return bytes > APPEND_BYTES_MAX ? { kind: 'too-large' } : null
}

/** The strong rule: ids at their places decide, contents do not count. */
const repeated = (
  kept: readonly Kept[],
  from: number,
  events: readonly Proposed[],
): Verdict | null => {
  const place = kept.slice(from, from + events.length)
  const last = place.at(-1)
  if (last === undefined || place.length < events.length) return null
  const isSame = place.every(({ id }, index) => id === events[index]?.id)
  return isSame ? { kind: 'success', revision: last.revision, position: last.position } : null
}

/** The weak rule's memory: the latest ids, each with the first stream that it was seen in. */
const createIdTable = () => {
  const known = new Map<string, KnownId>()
  let bytesUsed = 0
  return {
    learn: ({ id, stream, revision, position }: Kept): void => {
      if (known.has(id)) return
      const bytes = 28 + Math.ceil((21 + 2 * stream.length) / 8) * 8
      known.set(id, { stream, revision, position, bytes })
      bytesUsed += bytes
      for (const [oldest, entry] of known) {
        if (bytesUsed <= ID_TABLE_BYTES_MAX) break
        known.delete(oldest)
        bytesUsed -= entry.bytes
      }
    },
    find: (id: string, stream: string) => {
      const entry = known.get(id)
      return entry?.stream === stream
        ? { revision: entry.revision, position: entry.position }
        : undefined
    },
    forget: (): void => {
      known.clear()
      bytesUsed = 0
    },
  }
}

type Retention = Readonly<{ $maxCount?: number; $maxAge?: number; $tb?: number }>

type Stood = Readonly<{ revision: bigint; position: bigint }>

/**
 * The reply to known ids at any revision tells how many there are by the first and the last that was
 * asked for, and that number must not be below zero, whatever the order.
 */
const repeatedAnywhere = (first: Stood, last: Stood): Verdict =>
  last.revision - first.revision + 1n < 0n ? { kind: 'no-reply' } : { kind: 'success', ...last }

const retentionOf = (metadata: readonly Kept[] | undefined): Retention => {
  const newest = metadata?.at(-1)
  // Written by the client as such.
  return newest === undefined ? {} : JSON.parse(new TextDecoder().decode(newest.data))
}

const isVisibleBy =
  ({ $maxCount, $maxAge, $tb }: Retention, length: number) =>
  ({ createdMs }: Kept, index: number): boolean =>
    ($maxCount === undefined || index >= length - $maxCount) &&
    ($tb === undefined || index >= $tb) &&
    ($maxAge === undefined || createdMs > Date.now() - $maxAge * 1_000)
