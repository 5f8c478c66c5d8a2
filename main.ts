/**
 * The command line: reads the settings, starts the app, prints where everything is, and stops it on
 * a signal. Expected failures (a taken port, a data folder in use) end in one clear line and exit
 * code 1, never in a stack trace.
 */
import process from 'node:process'
import { type App, game, startApp } from './app.ts'
import { boundedMessage } from './domain/shown.ts'
import {
  defaultDataFolder,
  defaultLog,
  HELP,
  loadEnvFile,
  readInvocation,
  wantsNoColour,
} from './infra/run/config.ts'
import { summaryOf } from './infra/run/endpoints.ts'
import { logOpener } from './infra/run/log-at.ts'
import { isForeseen, withCause } from './infra/tools/cli/ending.ts'
import { runLogCommand } from './infra/tools/cli/log-command.ts'
import { runSandboxCommand } from './infra/tools/cli/sandbox-command.ts'
import type { TerminalStreams } from './infra/tools/cli/terminal.ts'
import { runVerifyCommand } from './infra/tools/cli/verify-command.ts'
import { openStoppedWorld } from './infra/tools/verify/stopped-world.ts'

/** The whole stop, as Ctrl-C promises it. */
const STOP_MS_MAX = 5_000

const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

const complain = (text: string): void => {
  process.stderr.write(`chronohex: ${text}\n`)
}

/** One line for what was foreseen; a stack only for a bug of ours. */
const explain = (error: unknown): void => {
  if (isForeseen(error)) complain(withCause(error))
  else complain(error instanceof Error ? (error.stack ?? error.message) : String(error))
}

/**
 * What hangs must not keep a terminal waiting: the log and the chain are durable without a clean
 * stop.
 */
const exitSoon = (exitCode: number): void => {
  setTimeout(() => process.exit(exitCode), STOP_MS_MAX).unref()
}

const stop = async (app: App, exitCode: number): Promise<never> => {
  exitSoon(exitCode || 1)
  for (const fault of await app.close()) complain(fault)
  process.exit(exitCode)
}

/**
 * Resolves with the first signal that asks the process to end; a second one ends it at once. A
 * reader of the output that goes away (`npm start | head`) means the same as a terminal that is
 * closed.
 */
const signalled = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    let asked = false
    const onSignal = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(130)
      asked = true
      resolve(signal)
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
    for (const output of [process.stdout, process.stderr])
      output.on('error', () => resolve('SIGHUP'))
  })

/** `npm start`: everything at once, until a signal or a failure. */
const runAll = async (): Promise<void> => {
  const invocation = readInvocation(process.argv.slice(2))
  if ('rejected' in invocation) {
    complain(boundedMessage(invocation.reason))
    process.exit(1)
  }
  if (invocation.kind === 'help') return print(HELP)

  const ended = signalled()
  const abandoned = new AbortController()
  const starting = startApp(invocation.config, {
    progress: (line) => print(`  ${line}`),
    signal: abandoned.signal,
  })
  const early = await Promise.race([starting, ended])
  if (typeof early === 'string') {
    exitSoon(0)
    abandoned.abort()
    const [outcome] = await Promise.allSettled([starting])
    if (outcome.status === 'rejected') process.exit(0)
    return stop(outcome.value, 0)
  }
  const app = early
  print(summaryOf(app.endpoints, process.stdout.isTTY === true))
  const reason = await Promise.race([ended, app.failed])
  if (reason instanceof Error) {
    explain(reason)
    return stop(app, 1)
  }
  print('\n  Stopping …')
  return stop(app, 0)
}

/** A signal that aborts when the process is asked to end. */
const untilSignalled = (): AbortSignal => {
  const stop = new AbortController()
  signalled().then(() => stop.abort(new Error('interrupted')), explain)
  return stop.signal
}

const ownTerminal = (): TerminalStreams => ({
  stdout: process.stdout,
  stderr: process.stderr,
  isTty: process.stderr.isTTY === true,
  hasColour: process.stdout.isTTY === true && !wantsNoColour(),
  columns: process.stdout.columns ?? null,
  nowMs: () => performance.now(),
})

const runLog = (args: readonly string[]): Promise<number> => {
  const signal = untilSignalled()
  return runLogCommand(args, {
    terminal: ownTerminal(),
    openLog: logOpener(signal),
    defaultLog: defaultLog(),
    definition: game.definition,
    signal,
  })
}

const runVerify = (args: readonly string[]): Promise<number> => {
  const signal = untilSignalled()
  return runVerifyCommand(args, {
    terminal: ownTerminal(),
    openWorld: (place) => openStoppedWorld(place, { game, signal }),
    defaultDataFolder: defaultDataFolder(),
    definition: game.definition,
    signal,
  })
}

/**
 * Tools beside the system itself; each takes the arguments after its name and gives an exit code.
 */
const TOOLS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  log: runLog,
  verify: runVerify,
  sandbox: (args) =>
    runSandboxCommand(args, {
      print,
      complain: (line) => complain(boundedMessage(line)),
      signal: untilSignalled(),
    }),
}

const run = async (): Promise<void> => {
  for (const warning of loadEnvFile(process.cwd())) complain(warning)
  const [name, ...args] = process.argv.slice(2)
  const tool = name === undefined ? undefined : TOOLS[name]
  if (tool === undefined) return runAll()
  process.exitCode = await tool(args)
}

const giveUp = (error: unknown): never => {
  explain(error)
  process.exit(1)
}

// A library's process or socket may fail where nothing waits for it (too many open files).
process.on('uncaughtException', giveUp)
run().catch(giveUp)
