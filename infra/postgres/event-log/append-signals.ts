/**
 * Tells the other processes on a PostgreSQL log at once that something was appended, by LISTEN and
 * NOTIFY on one connection of its own. A signal is only a wake-up: it is sent after the append was
 * committed and may get lost with the connection, which then costs the poll's interval and nothing
 * else. Not for the embedded database, where all connections are one session.
 */
import { randomUUID } from 'node:crypto'
import type { Pool, PoolClient, QueryConfig } from 'pg'
import { RetryableError } from '../../../domain/errors.ts'
import { createAlarm } from '../../../domain/waiting/alarm.ts'
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
  const { pool, wakeUps, onTrouble, silenceMsMax = 10_000 } = options
  const sender = randomUUID()
  const stopping = new AbortController()
  const unsaid = new Set<string>()
  let running: Promise<void> | null = null
  let rung = createAlarm()

  /** Whatever keeps the signals away, appends are found all the same: nothing here is fatal. */
  const connection = async (isConnected: () => void): Promise<void> => {
    try {
      await converse(isConnected)
    } catch (error) {
      const { message } = classifiedPostgresError(error, 'Listening for appends')
      throw new RetryableError(message, { cause: error })
    }
  }
  const keepConnected = (): Promise<void> =>
    repeatedly(connection, stopping.signal, { onRetry: onTrouble })

  const ask = async (client: PoolClient, text: string): Promise<void> => {
    const query: QueryConfig & { query_timeout: number } = { text, query_timeout: silenceMsMax }
    // Released, it is cut off.
    await until(client.query(query), stopping.signal)
  }

  /** One connection's life: rejects when it breaks, resolves when it is no longer wanted. */
  const converse = async (isConnected: () => void): Promise<void> => {
    const client = await pool.connect()
    rung = createAlarm()
    let broken: Error | null = null
    const breakOff = (error = new RetryableError('The connection ended')): void => {
      broken ??= error
      rung.ring()
    }
    client.on('error', breakOff)
    client.on('end', () => breakOff())
    client.on('notification', ({ payload }) => hear(payload ?? ''))
    try {
      // A signal need not survive a crash, so it waits for no disk.
      await ask(client, 'SET synchronous_commit = off')
      await ask(client, `LISTEN ${channel}`)
      isConnected()
      wakeUps.wakeAll() // what was appended while nobody listened
      while (!stopping.signal.aborted) {
        if (broken !== null) throw broken
        await rung.pause(unsaid.size === 0 ? silenceMsMax : 0, stopping.signal)
        if (broken === null && !stopping.signal.aborted) await say(client)
        await pause(SIGNAL_GAP_MS, stopping.signal)
      }
    } finally {
      client.release(true)
    }
  }

  const say = async (client: PoolClient): Promise<void> => {
    if (unsaid.size === 0) return ask(client, 'SELECT 1')
    const payload = payloadOf(sender, unsaid)
    unsaid.clear()
    await ask(client, `NOTIFY ${channel}, ${client.escapeLiteral(payload)}`)
  }

  const hear = (payload: string): void => {
    const [from, ...streams] = payload.split('\n')
    if (from === sender) return // whoever is concerned here has been woken by the append itself
    if (streams.length === 0) wakeUps.wakeAll()
    for (const stream of streams) wakeUps.wake(stream)
  }

  const listen = (): void => {
    if (!stopping.signal.aborted) running ??= keepConnected()
  }
  return {
    listen,
    announce: (stream) => {
      if (unsaid.size <= STREAMS_MAX) unsaid.add(stream)
      listen()
      rung.ring()
    },
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

/** The sender, then a line for each stream; the sender alone stands for any stream. */
const payloadOf = (sender: string, streams: ReadonlySet<string>): string => {
  const payload = [sender, ...streams].join('\n')
  const isFaithful = streams.size <= STREAMS_MAX && payload.split('\n').length === streams.size + 1
  return isFaithful && Buffer.byteLength(payload) <= PAYLOAD_BYTES_MAX ? payload : sender
}
