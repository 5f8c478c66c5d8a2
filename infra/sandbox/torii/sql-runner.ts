/**
 * Runs the statements of /sql in processes of their own, which are killed when a statement takes
 * too long.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { SqlAnswer } from './sql-statement.ts'

/** `timeout`: it took too long. `busy`: too many wait already. */
export type SqlOutcome = SqlAnswer | 'timeout' | 'busy'

export type SqlRunner = Readonly<{
  run: (sql: string) => Promise<SqlOutcome>
  /** Ends all processes; waiting statements are answered as timeouts. */
  close: () => Promise<void>
}>

const STATEMENT_MS_MAX = 10_000
const START_MS_MAX = 10_000
/** Two, so that one slow statement leaves room for quick ones. */
const PROCESSES_MAX = 2
const WAITING_MAX = 64

type Job = Readonly<{ sql: string; resolve: (outcome: SqlOutcome) => void }>

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

/** Runs a job on a process that is ready; says whether the process can be used again. */
const runOn = (
  child: ChildProcess,
  { sql, resolve }: Job,
  statementMsMax: number,
): Promise<boolean> =>
  new Promise((done) => {
    const finish = (outcome: SqlOutcome, usable: boolean): void => {
      clearTimeout(deadline)
      child.off('message', answered)
      child.off('exit', lost)
      resolve(outcome)
      done(usable)
    }
    // sql-process.ts sends nothing else.
    const answered = (answer: unknown): void => finish(answer as SqlAnswer, true)
    const lost = (): void => finish({ error: 'the statement ended its process' }, false)
    const deadline = setTimeout(() => finish('timeout', false), statementMsMax)
    child.on('message', answered)
    child.once('exit', lost)
    child.send(sql, (error) => {
      if (error !== null) finish({ error: error.message }, false)
    })
  })

/** Processes start when they are first needed. */
export const createSqlRunner = (file: string, statementMsMax = STATEMENT_MS_MAX): SqlRunner => {
  const idle: SqlProcess[] = []
  const alive = new Set<SqlProcess>()
  const waiting: Job[] = []
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
    while (waiting.length > 0 && !closed) {
      const process = take()
      const job = process === null ? undefined : waiting.shift()
      if (process === null || job === undefined) return
      void work(process, job)
    }
  }
  const work = async (process: SqlProcess, job: Job): Promise<void> => {
    const isReady = await process.ready
    if (!isReady) return job.resolve({ error: 'no process could be started' })
    const usable = await runOn(process.child, job, statementMsMax)
    if (!usable || closed) return void process.child.kill('SIGKILL')
    idle.push(process)
    proceed()
  }
  return {
    run: (sql) =>
      new Promise((resolve) => {
        if (closed || waiting.length >= WAITING_MAX) return resolve('busy')
        waiting.push({ sql, resolve })
        proceed()
      }),
    close: async () => {
      closed = true
      for (const { resolve } of waiting.splice(0)) resolve('timeout')
      const processes = [...alive]
      for (const { child } of processes) child.kill('SIGKILL')
      await Promise.all(processes.map(ended))
    },
  }
}
