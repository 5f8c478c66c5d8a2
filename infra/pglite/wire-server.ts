/**
 * PostgreSQL's wire protocol in front of PGlite, for several clients of the ordinary `pg` driver.
 * PGlite's own socket server (0.2.11) runs message by message: as soon as one client's message is
 * larger than a socket's chunk, another client's Parse slips between its Parse and Bind and both
 * read wrong rows. Here a client's messages up to its Sync are one unit, and a client inside a
 * transaction keeps the session until it ends. No session state survives a unit for certain: no
 * named statements, no SET outside a transaction, no LISTEN. COPY FROM STDIN ends PGlite
 * altogether: it reads the rows before it has asked for them.
 */
import { timingSafeEqual } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import type { PGlite } from '@electric-sql/pglite'
import { messageOf } from '../../domain/errors.ts'
import { READERS_NAME } from '../postgres/pool.ts'
import { createUnitQueue } from './unit-queue.ts'
import { correctedAnswer } from './wire-answer.ts'
import { createUnitReader, type WireUnit } from './wire-units.ts'

/** Units of one client that may wait; beyond, its socket is no longer read. */
const QUEUED_UNITS_MAX = 64

type Client = { socket: Socket; queued: number; isGone: boolean; isReader: boolean }
type Job = Readonly<{ client: Client; unit: WireUnit; isReader: boolean; sinceMs: number }>

export type WireServerOptions = Readonly<{
  db: Pick<PGlite, 'execProtocolRawStream' | 'isInTransaction'>
  /** What every client must send: other users of the machine may reach a loopback port. */
  password: string
  /** The database died (out of memory, disk full): nothing will be answered from now on. */
  onFailure: (error: Error) => void
  /**
   * A client that holds a transaction open and says nothing for so long loses it and its
   * connection. Default 60 s.
   */
  transactionIdleMsMax?: number
}>

/** A server that is not yet listening. */
export const createWireServer = (options: WireServerOptions): Server => {
  const session = createSession(options)
  return createServer((socket) => {
    const client: Client = { socket, queued: 0, isGone: false, isReader: false }
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy()) // 'close' follows, and is all that matters here
    socket.on('close', () => {
      client.isGone = true
      session.goOn()
    })
    receive(client, options.password, (unit) => {
      session.add(client, unit)
      if (client.queued >= QUEUED_UNITS_MAX) socket.pause()
    })
  })
}

type Session = Readonly<{
  add: (client: Client, unit: WireUnit) => void
  /** Does what can be done by now. */
  goOn: () => void
}>

/** The database's one session, which clients use in turn. */
const createSession = ({
  db,
  onFailure,
  transactionIdleMsMax = 60_000,
}: Omit<WireServerOptions, 'password'>): Session => {
  const queue = createUnitQueue<Job>()
  let owner: Client | null = null
  let ownerTimer: NodeJS.Timeout | undefined
  let readersTimer: NodeJS.Timeout | undefined

  const release = (): void => {
    owner = null
    clearTimeout(ownerTimer)
  }

  const execute = async (job: Job): Promise<void> => {
    const { client, unit } = job
    clearTimeout(ownerTimer)
    send(client.socket, await answerTo(db, unit))
    if (!db.isInTransaction() && unit.end !== 'H') {
      queue.served(job, performance.now())
      return release()
    }
    owner = client
    ownerTimer = setTimeout(() => client.socket.destroy(), transactionIdleMsMax)
  }

  const rollBackIfOwnerIsGone = async (): Promise<void> => {
    if (!owner?.isGone) return
    await db.execProtocolRawStream(SYNC_THEN_ROLLBACK, { onRawData: () => {} })
    release()
  }

  /** Null: nothing can go now; a reader that has to give way to writers comes by a timer. */
  const takeNext = (): Job | null => {
    clearTimeout(readersTimer)
    const isOwn = owner === null ? null : ({ client }: Job) => client === owner
    const next = queue.take(performance.now(), isOwn)
    if (typeof next !== 'number') return next
    readersTimer = setTimeout(goOn, next)
    return null
  }

  const goOn = createLoop(async () => {
    await rollBackIfOwnerIsGone()
    const job = takeNext()
    if (job === null) return false
    job.client.queued -= 1
    if (job.client.queued < QUEUED_UNITS_MAX) job.client.socket.resume()
    if (!job.client.isGone) await execute(job)
    await setImmediate() // lets sockets be read and written between units
    return true
  }, onFailure)

  return {
    goOn,
    add: (client, unit) => {
      queue.add({ client, unit, isReader: client.isReader, sinceMs: performance.now() })
      client.queued += 1
      goOn()
    },
  }
}

/**
 * A function that takes one step after the other until one finds nothing to do; while it does, more
 * calls change nothing. After a step that fails none is taken any more: a database that threw has
 * lost its state and must not be used again.
 */
const createLoop = (
  step: () => Promise<boolean>,
  onFailure: (error: Error) => void,
): (() => void) => {
  let isRunning = false
  const run = async (): Promise<void> => {
    while (isRunning) isRunning = await step()
  }
  return () => {
    if (isRunning) return
    isRunning = true
    run().catch((error: unknown) => {
      onFailure(error instanceof Error ? error : new Error(messageOf(error)))
    })
  }
}

const answerTo = async (
  db: WireServerOptions['db'],
  { bytes, end }: WireUnit,
): Promise<readonly Buffer[]> => {
  const chunks: Buffer[] = []
  await db.execProtocolRawStream(bytes, {
    // A copy: `given` lies in the database's memory.
    onRawData: (given) => chunks.push(Buffer.from(given)),
  })
  return correctedAnswer(chunks, end)
}

const send = (socket: Socket, chunks: readonly Buffer[]): void => {
  socket.cork()
  for (const chunk of chunks) socket.write(chunk)
  socket.uncork()
}

/**
 * Greets a client, checks its password, then passes on its units until it leaves or breaks the
 * protocol.
 */
const receive = (client: Client, password: string, onUnit: (unit: WireUnit) => void): void => {
  const { socket } = client
  let greeting: Buffer | null = Buffer.alloc(0)
  let isTrusted = false
  const readUnits = createUnitReader()

  const onChunk = (chunk: Buffer): void => {
    if (greeting === null) {
      for (const unit of readUnits(chunk)) {
        if (!isTrusted) {
          isTrusted = unit.end === 'p' && isPassword(unit.bytes, password)
          if (!isTrusted) return void socket.end(INVALID_PASSWORD)
          onUnit({ bytes: STARTUP, end: 'S' })
        } else if (unit.end === 'X' || unit.end === 'p') socket.end()
        else onUnit(unit)
      }
      return
    }
    greeting = Buffer.concat([greeting, chunk])
    while (greeting.length >= 8) {
      const [length, code] = [greeting.readInt32BE(0), greeting.readInt32BE(4)]
      if (length < 8 || length > STARTUP_BYTES_MAX || code === CANCEL_REQUEST)
        return void socket.destroy()
      if (greeting.length < length) return
      const startup: Buffer = greeting.subarray(0, length)
      const rest: Buffer = greeting.subarray(length)
      if (code === SSL_REQUEST || code === GSS_ENCRYPTION_REQUEST) {
        socket.write('N')
        greeting = rest
        continue
      }
      greeting = null
      client.isReader = isFromReader(startup)
      socket.write(ASK_FOR_PASSWORD)
      if (rest.length > 0) onChunk(rest)
      return
    }
  }

  socket.on('data', (chunk: Buffer) => {
    try {
      onChunk(chunk)
    } catch {
      // The client does not speak the protocol: there is nothing that it would understand.
      socket.destroy()
    }
  })
}

/** The start-up message is a list of names and values, each ended by a zero. */
const isFromReader = (startup: Buffer): boolean =>
  startup.includes(`\0application_name\0${READERS_NAME}\0`)

const isPassword = (message: Uint8Array, password: string): boolean => {
  const given = Buffer.from(message.subarray(5, -1)) // type and length before it, a zero after it
  const wanted = Buffer.from(password)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

const STARTUP_BYTES_MAX = 10_000 // as in PostgreSQL
const CANCEL_REQUEST = 80_877_102
const SSL_REQUEST = 80_877_103
const GSS_ENCRYPTION_REQUEST = 80_877_104

const message = (type: string, body: Buffer): Buffer => {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length + 4)
  return Buffer.concat([Buffer.from(type), length, body])
}

const ASK_FOR_PASSWORD = message('R', Buffer.from([0, 0, 0, 3]))
const INVALID_PASSWORD = message(
  'E',
  Buffer.from('SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0'),
)
const SYNC_THEN_ROLLBACK = Buffer.concat([
  message('S', Buffer.alloc(0)),
  message('Q', Buffer.from('ROLLBACK\0')),
])
/**
 * Every client gets this same start-up (protocol 3.0), whatever it asked for: the session is
 * shared.
 */
const STARTUP = message(
  '',
  Buffer.from('\0\x03\0\0user\0postgres\0database\0postgres\0client_encoding\0UTF8\0\0'),
)
