/**
 * Tells the other processes on a PostgreSQL log at once that something was appended, by LISTEN and
 * NOTIFY on one connection of its own. A signal is only a wake-up: it is sent after the append was
 * committed and may get lost with the connection, which then costs the poll's interval and nothing
 * else. Not for the embedded database, where all connections are one session.
 */
import { randomUUID } from 'node:crypto'
import type { Pool, PoolClient, QueryConfig } from 'pg'
import { RetryableError } from '../../../domain/errors.ts'
import { type Alarm, createAlarm } from '../../../domain/waiting/alarm.ts'
import { pause, until } from '../../../domain/waiting/pause.ts'
import { type Retry, repeatedly } from '../../../domain/waiting/persistently.ts'
import type { WakeUps } from '../../../domain/waiting/wake-ups.ts'
import { classifiedPostgresError } from '../postgres-errors.ts'

export type AppendSignals = Readonly<{
  /** Begins to listen, unless it does already. */
  listen: () => void
  /**
   * This process appended to `stream`; the others are told at once, or with the next signal when
   * one has just gone out. Does not wait or fail.
   */
  announce: (stream: string) => void
  /** Gives the connection back, ended. */
  stop: () => Promise<void>
}>

export type AppendSignalsOptions = Readonly<{
  /** One of its connections is kept. */
  pool: Pool
  /** Woken by the signals of other processes, and whenever some may have been missed. */
  wakeUps: WakeUps
  /** Told why the connection was lost or not made, and when the next try comes. */
  onTrouble?: (retry: Retry) => void
  /** Told of the first success after failures. */
  onRecovered?: () => void
  /**
   * After so long without a word the connection is tried, and after as long again without an answer
   * it is lost: so a half-open one is found out. Default 10 s.
   */
  silenceMsMax?: number
}>

const channel = 'chronohex_appends'
/**
 * A notification carries less than 8,000 bytes; what does not fit is announced as an append to any
 * stream.
 */
const PAYLOAD_BYTES_MAX = 7_900
const STREAMS_MAX = 100
/**
 * Between two signals: a writer that appends without pause would pay for each append with a second
 * transaction.
 */
const SIGNAL_GAP_MS = 2

/**
 * Signals that begin with the first `listen` or `announce`, and reconnect by themselves until they
 * are stopped.
 */
export const createAppendSignals = (options: AppendSignalsOptions): AppendSignals => {
  const talk: Talk = {
    ...options,
    silenceMsMax: options.silenceMsMax ?? 10_000,
    sender: randomUUID(),
    unsaid: new Set(),
    rung: createAlarm(),
  }
  const stopping = new AbortController()
  let running: Promise<void> | null = null

  /** Whatever keeps the signals away, appends are found all the same: nothing here is fatal. */
  const connection = async (isConnected: () => void): Promise<void> => {
    try {
      await converse(talk, isConnected, stopping.signal)
    } catch (error) {
      const { message } = classifiedPostgresError(error, 'Listening for appends')
      throw new RetryableError(message, { cause: error })
    }
  }
  const listen = (): void => {
    if (!stopping.signal.aborted)
      running ??= repeatedly(connection, stopping.signal, {
        onRetry: options.onTrouble,
        onRecovered: options.onRecovered,
      })
  }
  return {
    listen,
    announce: (stream) => {
      if (talk.unsaid.size <= STREAMS_MAX) talk.unsaid.add(stream)
      listen()
      talk.rung.ring()
    },
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

/** What is said and heard over one connection after the other. */
type Talk = {
  readonly pool: Pool
  readonly wakeUps: WakeUps
  readonly silenceMsMax: number
  /** Opens every signal of this process, so that it knows its own. */
  readonly sender: string
  /** Streams that the next signal names. */
  readonly unsaid: Set<string>
  /** Rung when there is something to say, or the connection broke; each connection has its own. */
  rung: Alarm
}

/** One connection's life: rejects when it breaks, resolves when it is no longer wanted. */
const converse = async (
  talk: Talk,
  isConnected: () => void,
  stopping: AbortSignal,
): Promise<void> => {
  const { wakeUps, unsaid, silenceMsMax } = talk
  const client = await talk.pool.connect()
  const ask = (text: string): Promise<void> => askWithin(client, text, silenceMsMax, stopping)
  const rung = createAlarm()
  talk.rung = rung
  let broken: Error | null = null
  const breakOff = (error = new RetryableError('The connection ended')): void => {
    broken ??= error
    rung.ring()
  }
  client.on('error', breakOff)
  client.on('end', () => breakOff())
  client.on('notification', ({ payload }) => hear(talk, payload ?? ''))
  try {
    // A signal need not survive a crash, so it waits for no disk.
    await ask('SET synchronous_commit = off')
    await ask(`LISTEN ${channel}`)
    isConnected()
    wakeUps.wakeAll() // what was appended while nobody listened
    while (!stopping.aborted) {
      if (broken !== null) throw broken
      await rung.pause(unsaid.size === 0 ? silenceMsMax : 0, stopping)
      if (broken === null && !stopping.aborted) await ask(nextWords(talk, client))
      await pause(SIGNAL_GAP_MS, stopping)
    }
  } finally {
    client.release(true)
  }
}

const askWithin = async (
  client: PoolClient,
  text: string,
  answerMsMax: number,
  stopping: AbortSignal,
): Promise<void> => {
  if (stopping.aborted) return
  const query: QueryConfig & { query_timeout: number } = { text, query_timeout: answerMsMax }
  // Released, it is cut off.
  await until(client.query(query), stopping)
}

/** The signal that is due, or a question that only shows that the connection lives. */
const nextWords = ({ sender, unsaid }: Talk, client: PoolClient): string => {
  if (unsaid.size === 0) return 'SELECT 1'
  const payload = payloadOf(sender, unsaid)
  unsaid.clear()
  return `NOTIFY ${channel}, ${client.escapeLiteral(payload)}`
}

const hear = ({ sender, wakeUps }: Talk, payload: string): void => {
  const [from, ...streams] = payload.split('\n')
  if (from === sender) return // the append itself has woken the subscriptions of this process
  if (streams.length === 0) wakeUps.wakeAll()
  for (const stream of streams) wakeUps.wake(stream)
}

/** The sender, then a line for each stream; the sender alone stands for any stream. */
const payloadOf = (sender: string, streams: ReadonlySet<string>): string => {
  const payload = [sender, ...streams].join('\n')
  const isFaithful = streams.size <= STREAMS_MAX && payload.split('\n').length === streams.size + 1
  return isFaithful && Buffer.byteLength(payload) <= PAYLOAD_BYTES_MAX ? payload : sender
}
