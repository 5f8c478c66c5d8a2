/**
 * `chronohex log …`: opens the logs that the command line names, does one thing with them, and says
 * how it went.
 */
import type { WorldDefinition } from '../../../domain/worlds/definition.ts'
import type { OpenedLog } from '../../run/embedded-log.ts'
import { type CommandContext, EXIT_CODES, runToExitCode } from './ending.ts'
import { LOG_HELP, type LogInvocation, readLogInvocation } from './log-arguments.ts'
import { copyEvents, exportEvents, importEvents } from './log-moving.ts'
import { readEvents, showHead, showStreams, tailEvents } from './log-reading.ts'
import type { Output } from './terminal.ts'

/** What a log command is given: where it writes, and how logs are opened. */
export type LogCommandContext = CommandContext &
  Readonly<{
    /**
     * Opens the log at a URL or in a data folder. `mayCreate`: it is about to be written, so it need
     * not be there yet. Throws FatalError or RetryableError with a message for the user.
     */
    openLog: (url: string, options: Readonly<{ mayCreate: boolean }>) => Promise<OpenedLog>
    /** The log that is meant when none is named. */
    defaultLog: string
    /** The game whose events an import knows by their shape. */
    definition: WorldDefinition
  }>

/**
 * Runs the arguments after `log`; resolves with the process's exit code and never rejects for what
 * was foreseen. The signal ends `tail`, and stops everything else at the next page.
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
  return runToExitCode((out) => runVerb(invocation, context, out), context)
}

const runVerb = (
  invocation: LogInvocation,
  context: LogCommandContext,
  out: Output,
): Promise<void> => {
  const { terminal, signal, defaultLog, definition } = context
  const moving = { invocation, terminal, out, signal, definition }
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
