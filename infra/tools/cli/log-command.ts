/**
 * `chronohex log …`: opens the logs that the command line names, does one thing with them, and says
 * how it went.
 */
import { FatalError, messageOf, RetryableError } from '../../../domain/errors.ts'
import { DataFolderInUse } from '../../run/data-folder.ts'
import type { OpenedLog } from '../../run/embedded-log.ts'
import { LogsDiffer } from '../archive/append-run.ts'
import { DamagedFile } from '../archive/damaged-file.ts'
import { LOG_HELP, type LogInvocation, readLogInvocation } from './log-arguments.ts'
import { copyEvents, exportEvents, importEvents } from './log-moving.ts'
import { readEvents, showHead, showStreams, tailEvents } from './log-reading.ts'
import {
  createOutput,
  harmless,
  type Output,
  OutputClosed,
  type TerminalStreams,
} from './terminal.ts'

/** What the outside is told; the help lists them. */
export const EXIT_CODES = {
  done: 0,
  failed: 1,
  badUsage: 2,
  tryAgain: 3,
  differs: 4,
  interrupted: 130,
} as const

export type LogCommandContext = Readonly<{
  terminal: TerminalStreams
  /**
   * Opens the log at a URL or in a data folder. `mayCreate`: it is about to be written, so it need
   * not be there yet. Throws FatalError or RetryableError with a message for the user.
   */
  openLog: (url: string, options: Readonly<{ mayCreate: boolean }>) => Promise<OpenedLog>
  /** The log that is meant when none is named. */
  defaultLog: string
  /** Aborted by Ctrl-C: ends `tail`, and stops everything else at the next page. */
  signal: AbortSignal
}>

/**
 * Runs the arguments after `log`; resolves with the process's exit code and never rejects for what
 * was foreseen.
 */
export const runLogCommand = async (
  args: readonly string[],
  context: LogCommandContext,
): Promise<number> => {
  const { stdout, stderr } = context.terminal
  const invocation = readLogInvocation(args)
  if (invocation === 'help') {
    stdout.write(LOG_HELP)
    return EXIT_CODES.done
  }
  if ('rejected' in invocation) {
    stderr.write(`chronohex: ${invocation.reason}. See chronohex log --help\n`)
    return EXIT_CODES.badUsage
  }
  const out = createOutput(stdout)
  try {
    await runVerb(invocation, context, out)
    return EXIT_CODES.done
  } catch (error) {
    if (error instanceof OutputClosed) return EXIT_CODES.done
    if (context.signal.aborted && error === context.signal.reason) return EXIT_CODES.interrupted
    if (!isForeseen(error)) throw error
    stderr.write(`chronohex: ${harmless(withCause(error))}\n`) // it may name what is stored
    return exitCodeOf(error)
  } finally {
    out.release()
  }
}

/** Our own errors, and what the operating system refuses: a full disk, a lack of rights. */
const isForeseen = (error: unknown): error is Error =>
  error instanceof FatalError ||
  error instanceof RetryableError ||
  (error instanceof Error && 'syscall' in error)

const withCause = (error: Error): string => {
  const cause = error.cause === undefined ? '' : messageOf(error.cause)
  return cause === '' || error.message.includes(cause)
    ? error.message
    : `${error.message} (${cause})`
}

const exitCodeOf = (error: Error): number => {
  if (error instanceof LogsDiffer || error instanceof DamagedFile) return EXIT_CODES.differs
  if (error instanceof RetryableError || error instanceof DataFolderInUse)
    return EXIT_CODES.tryAgain
  return EXIT_CODES.failed
}

const runVerb = (
  invocation: LogInvocation,
  context: LogCommandContext,
  out: Output,
): Promise<void> => {
  const { terminal, signal, defaultLog } = context
  const moving = { invocation, terminal, out, signal }
  const reading = (verb: typeof showHead): Promise<void> =>
    withLog(context, invocation.from ?? defaultLog, false, (log) => verb({ log, ...moving }))
  switch (invocation.verb) {
    case 'head':
      return reading(showHead)
    case 'streams':
      return reading(showStreams)
    case 'read':
      return reading(readEvents)
    case 'tail':
      return reading(tailEvents)
    case 'export':
      return reading(({ log }) => exportEvents(log, moving))
    case 'import':
      return withLog(context, invocation.to ?? defaultLog, true, (log) =>
        importEvents(log, invocation.file ?? '', moving),
      )
    case 'copy':
      return withLog(context, invocation.from ?? defaultLog, false, (from) =>
        withLog(context, invocation.to ?? defaultLog, true, (to) => copyEvents(from, to, moving)),
      )
    default:
      return invocation.verb satisfies never
  }
}

const withLog = async (
  { openLog }: LogCommandContext,
  url: string,
  mayCreate: boolean,
  use: (log: OpenedLog['log']) => Promise<void>,
): Promise<void> => {
  const { log, close } = await openLog(url, { mayCreate })
  try {
    await use(log)
  } finally {
    await close()
  }
}
