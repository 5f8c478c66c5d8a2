/** Runs the statements of /sql in processes of their own, which are killed when a statement takes too long. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { SqlAnswer } from './sql-statement.ts'

/** `timeout`: it took too long. `busy`: too many wait already. */
export type SqlOutcome = SqlAnswer | 'timeout' | 'busy'

export type SqlRunner = Readonly<{
  run: (sql: string) => Promise<SqlOutcome>
  /** Ends all processes; what still waits is answered as a timeout. */
  close: () => Promise<void>
}>

export type SqlRunnerOptions = Readonly<{ file: string; statementMsMax?: number }>

const STATEMENT_MS_MAX = 10_000
/** Two, so that one slow statement leaves room for quick ones. */
const PROCESSES_MAX = 2
const WAITING_MAX = 64

type Job = Readonly<{ sql: string; resolve: (outcome: SqlOutcome) => void }>

const PROGRAM = fileURLToPath(new URL('./sql-process.ts', import.meta.url))

const startProcess = (file: string): ChildProcess =>
  fork(PROGRAM, [file], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })

const ended = (process: ChildProcess): Promise<void> =>
  process.exitCode !== null || process.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => process.once('exit', () => resolve()))

/** Runs a job on a process; says whether the process can be used again. */
const runOn = (process: ChildProcess, { sql, resolve }: Job, statementMsMax: number): Promise<boolean> =>
  new Promise((done) => {
    const finish = (outcome: SqlOutcome, usable: boolean): void => {
      clearTimeout(deadline)
      process.off('message', answered)
      process.off('exit', lost)
      resolve(outcome)
      done(usable)
    }
    const answered = (answer: unknown): void => finish(answer as SqlAnswer, true) // sql-process.ts sends nothing else
    const lost = (): void => finish({ error: 'the statement ended its process' }, false)
    const deadline = setTimeout(() => {
      process.kill('SIGKILL')
      finish('timeout', false)
    }, statementMsMax)
    process.on('message', answered)
    process.once('exit', lost)
    process.send(sql, (error) => {
      if (error !== null) finish({ error: error.message }, false)
    })
  })

/** Processes start when they are first needed. */
export const createSqlRunner = ({ file, statementMsMax = STATEMENT_MS_MAX }: SqlRunnerOptions): SqlRunner => {
  const idle: ChildProcess[] = []
  const alive = new Set<ChildProcess>()
  const waiting: Job[] = []
  let closed = false
  const take = (): ChildProcess | null => {
    const free = idle.pop()
    if (free !== undefined) return free
    if (alive.size >= PROCESSES_MAX) return null
    const started = startProcess(file)
    alive.add(started)
    started.once('exit', () => {
      alive.delete(started)
      if (idle.includes(started)) idle.splice(idle.indexOf(started), 1)
      proceed()
    })
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
  const work = async (process: ChildProcess, job: Job): Promise<void> => {
    const usable = await runOn(process, job, statementMsMax)
    if (!usable || closed) return void process.kill('SIGKILL')
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
      for (const process of processes) process.kill('SIGKILL')
      await Promise.all(processes.map(ended))
    },
  }
}
