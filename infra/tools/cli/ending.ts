/**
 * How a command ends for its caller: an exit code, and for what was foreseen one line on stderr. The
 * one place where errors become what the outside of a command is told.
 */
import { FatalError, messageOf, RetryableError } from '../../../domain/errors.ts'
import { boundedMessage } from '../../../domain/shown.ts'
import { DataFolderInUse } from '../../run/data-folder.ts'
import { LogsDiffer } from '../archive/append-run.ts'
import { DamagedFile } from '../archive/damaged-file.ts'
import { RowsDiffer } from '../verify/verify.ts'
import {
  createOutput,
  harmless,
  type Output,
  OutputClosed,
  type TerminalStreams,
} from './terminal.ts'

/** What the outside is told; the help of each command lists them. */
export const EXIT_CODES = {
  done: 0,
  failed: 1,
  badUsage: 2,
  tryAgain: 3,
  differs: 4,
  interrupted: 130,
} as const

/** Our own errors, and what the operating system refuses: a full disk, a lack of rights. */
export const isForeseen = (error: unknown): error is Error =>
  error instanceof FatalError ||
  error instanceof RetryableError ||
  (error instanceof Error && 'syscall' in error)

const FILES_SPENT_CODES: readonly unknown[] = ['EMFILE', 'ENFILE']
const CAUSES_MAX = 10

/** Whether the process, or the machine, may open no more files. */
const isOutOfFiles = (error: unknown): boolean => {
  let cause = error
  for (let depth = 0; depth < CAUSES_MAX && cause instanceof Error; depth += 1) {
    if ('code' in cause && FILES_SPENT_CODES.includes(cause.code)) return true
    cause = cause.cause
  }
  return /\bE[MN]FILE\b/.test(messageOf(error)) // threads pass on the text alone
}

/** The message, and that of the cause where it says more. */
export const withCause = (error: Error): string => {
  if (isOutOfFiles(error))
    return 'Too many open files: this process may open no more. Raise the limit, for instance with "ulimit -n 4096", and start again'
  const cause = error.cause === undefined ? '' : messageOf(error.cause)
  const isSaid = error.message.includes(cause)
  return boundedMessage(isSaid ? error.message : `${error.message} (${cause})`)
}

const DIFFERENCES = [LogsDiffer, DamagedFile, RowsDiffer]

const exitCodeOf = (error: Error): number => {
  if (DIFFERENCES.some((difference) => error instanceof difference)) return EXIT_CODES.differs
  if (error instanceof RetryableError || error instanceof DataFolderInUse)
    return EXIT_CODES.tryAgain
  return EXIT_CODES.failed
}

/** Where a command writes, and what interrupts it. */
export type CommandContext = Readonly<{
  terminal: TerminalStreams
  /** Aborted by Ctrl-C. */
  signal: AbortSignal
}>

/**
 * Runs a command on the output of its terminal; resolves with the process's exit code and never
 * rejects for what was foreseen.
 */
export const runToExitCode = async (
  command: (out: Output) => Promise<void>,
  { terminal, signal }: CommandContext,
): Promise<number> => {
  const out = createOutput(terminal.stdout)
  try {
    await command(out)
    return EXIT_CODES.done
  } catch (error) {
    if (error instanceof OutputClosed) return EXIT_CODES.done
    if (signal.aborted && error === signal.reason) return EXIT_CODES.interrupted
    if (!isForeseen(error)) throw error
    terminal.stderr.write(`chronohex: ${harmless(withCause(error))}\n`) // it may name what is stored
    return exitCodeOf(error)
  } finally {
    out.release()
  }
}
