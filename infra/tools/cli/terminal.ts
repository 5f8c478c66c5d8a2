/**
 * What a command writes to: lines with back-pressure, colours where they are wanted, and numbers as
 * people read them.
 */
import type { Writable } from 'node:stream'

/**
 * Where a command's output goes. `hasColour` says whether colours are wanted (a terminal, and no
 * NO_COLOR).
 */
export type TerminalStreams = Readonly<{
  stdout: Writable
  stderr: Writable
  /** Whether stderr is a terminal, on which a line may be drawn over. */
  isTty: boolean
  hasColour: boolean
  /**
   * Characters in a line of stdout's terminal, to which long lines are cut; null where stdout is
   * none.
   */
  columns: number | null
  nowMs: () => number
}>

/**
 * The reader of our output has gone, as `head` does when it has seen enough: no failure, and the
 * end.
 */
export class OutputClosed extends Error {
  override name = 'OutputClosed'
}

/** The lines of one stream. */
export type Output = Readonly<{
  /** Writes a line; resolves when more may be written. Throws `OutputClosed`. */
  line: (text: string) => Promise<void>
  /** Stops listening to the stream. */
  release: () => void
}>

/** Lines for a stream. */
export const createOutput = (stream: Writable): Output => {
  let failure: Error | null = null
  const onError = (error: Error): void => {
    failure = error
  }
  stream.on('error', onError)
  return {
    line: (text) =>
      new Promise<void>((resolve, reject) => {
        if (failure !== null) return reject(closedOr(failure))
        stream.write(`${text}\n`, (error) => (error ? reject(closedOr(error)) : resolve()))
      }),
    release: () => {
      stream.off('error', onError)
    },
  }
}

const closedOr = (error: Error): Error =>
  'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED')
    ? new OutputClosed('The output is closed', { cause: error })
    : error

/** Emphasis within a line. */
export type Paint = Readonly<{ dim: (text: string) => string; bold: (text: string) => string }>

/** Emphasis by ANSI codes, or none. */
export const paintFor = (hasColour: boolean): Paint =>
  hasColour
    ? { dim: (text) => `\u001B[2m${text}\u001B[22m`, bold: (text) => `\u001B[1m${text}\u001B[22m` }
    : { dim: (text) => text, bold: (text) => text }

/**
 * Stored text without anything that a terminal would obey: control and format characters become
 * U+FFFD.
 */
export const harmless = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD')

/** 1234567 as `1,234,567`. */
export const grouped = (value: number): string => Math.round(value).toLocaleString('en-US')

/** `1 event`, `2 events`. */
export const counted = (count: number, noun: string): string =>
  `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`
