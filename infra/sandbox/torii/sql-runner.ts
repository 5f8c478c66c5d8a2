/**
 * Runs the statements of /sql in processes of their own, which are killed when a statement takes
 * too long or its client has left.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { SqlAnswer } from './sql-statement.ts'

/**
 * `timeout`: it took too long. `busy`: too many wait already, or it has waited too long. `gone`:
 * its client has left.
 */
export type SqlOutcome = SqlAnswer | 'timeout' | 'busy' | 'gone'

export type SqlRunner = Readonly<{
  /** The signal aborts when nobody waits for the outcome any more: the statement ends with it. */
  run: (sql: string, gone: AbortSignal) => Promise<SqlOutcome>
  /** Ends all processes; waiting statements are answered as timeouts. */
  close: () => Promise<void>
}>

export type SqlLimits = Readonly<{ statementMsMax: number; waitMsMax: number }>

const LIMITS: SqlLimits = { statementMsMax: 10_000, waitMsMax: 10_000 }
const START_MS_MAX = 10_000
/** Two, so that one slow statement leaves room for quick ones. */
const PROCESSES_MAX = 2
const WAITING_MAX = 16

/** A statement that is to be run, until it is `over`: answered, or left by its client. */
type Job = Readonly<{
  sql: string
  end: (outcome: SqlOutcome) => void
  over: Promise<void>
  isOver: () => boolean
}>

const PROGRAM = fileURLToPath(new URL('./sql-process.ts', import.meta.url))

/** A process; `ready` resolves with whether it takes statements. */
type SqlProcess = Readonly<{ child: ChildProcess; ready: Promise<boolean> }>

const startProcess = (file: string): SqlProcess => {
  const child = fork(PROGRAM, [file], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const deadline = setTimeout(() => child.kill('SIGKILL'), START_MS_MAX)
  const ready = new Promise<boolean>((resolve) => {
    child.once('message', () => resolve(true))
    child.once('exit', () => resolve(false))
    child.once('error', () => resolve(false))
  }).finally(() => clearTimeout(deadline))
  return { child, ready }
}

const ended = ({ child }: SqlProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()))

/** A statement whose end resolves `run`, and comes by itself when its client leaves. */
const jobOf = (sql: string, gone: AbortSignal, resolve: (outcome: SqlOutcome) => void): Job => {
  const over = Promise.withResolvers<void>()
  let isOver = false
  const end = (outcome: SqlOutcome): void => {
    if (isOver) return
    isOver = true
    gone.removeEventListener('abort', leave)
    resolve(outcome)
    over.resolve()
  }
  const leave = (): void => end('gone')
  gone.addEventListener('abort', leave, { once: true })
  return { sql, end, over: over.promise, isOver: () => isOver }
}

/** Runs a job on a process that is ready; says whether the process can be used again. */
const runOn = async (
  child: ChildProcess,
  { sql, end, over }: Job,
  statementMsMax: number,
): Promise<boolean> => {
  let usable = false
  const answered = (answer: unknown): void => {
    usable = true
    end(answer as SqlAnswer) // sql-process.ts sends nothing else
  }
  const lost = (): void => end({ error: 'the statement ended its process' })
  const deadline = setTimeout(() => end('timeout'), statementMsMax)
  child.on('message', answered)
  child.once('exit', lost)
  child.send(sql, (error) => {
    if (error !== null) end({ error: error.message })
  })
  await over
  clearTimeout(deadline)
  child.off('message', answered)
  child.off('exit', lost)
  return usable
}

/** Processes start when they are first needed. */
export const createSqlRunner = (file: string, limits: Partial<SqlLimits> = {}): SqlRunner => {
  const { statementMsMax, waitMsMax } = { ...LIMITS, ...limits }
  const idle: SqlProcess[] = []
  const alive = new Set<SqlProcess>()
  const waiting = new Set<Job>()
  let closed = false
  const forget = (gone: SqlProcess): void => {
    alive.delete(gone)
    if (idle.includes(gone)) idle.splice(idle.indexOf(gone), 1)
    proceed()
  }
  const take = (): SqlProcess | null => {
    const free = idle.pop()
    if (free !== undefined) return free
    if (alive.size >= PROCESSES_MAX) return null
    const started = startProcess(file)
    alive.add(started)
    started.child.once('exit', () => forget(started))
    started.child.once('error', () => forget(started))
    return started
  }
  const proceed = (): void => {
    for (const job of waiting) {
      const process = closed ? null : take()
      if (process === null) return
      waiting.delete(job)
      void work(process, job)
    }
  }
  const giveBack = (process: SqlProcess): void => {
    idle.push(process)
    proceed()
  }
  const work = async (process: SqlProcess, job: Job): Promise<void> => {
    const isReady = await process.ready
    if (!isReady) return job.end({ error: 'no process could be started' })
    if (job.isOver() && !closed) return giveBack(process)
    const usable = await runOn(process.child, job, statementMsMax)
    if (!usable || closed) return void process.child.kill('SIGKILL')
    giveBack(process)
  }
  /** Lets a job wait for a process, as long as it may. */
  const enqueue = (job: Job): void => {
    waiting.add(job)
    const deadline = setTimeout(() => {
      if (waiting.has(job)) job.end('busy')
    }, waitMsMax)
    void job.over.then(() => {
      clearTimeout(deadline)
      waiting.delete(job)
    })
    proceed()
  }
  return {
    run: (sql, gone) =>
      new Promise((resolve) => {
        if (gone.aborted) return resolve('gone')
        if (closed || waiting.size >= WAITING_MAX) return resolve('busy')
        enqueue(jobOf(sql, gone, resolve))
      }),
    close: async () => {
      closed = true
      for (const { end } of waiting) end('timeout')
      const processes = [...alive]
      for (const { child } of processes) child.kill('SIGKILL')
      await Promise.all(processes.map(ended))
    },
  }
}
