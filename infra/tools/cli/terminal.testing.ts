/** A terminal for tests of commands: it keeps what is written, and its clock runs by itself. */
import { Writable } from 'node:stream'
import type { TerminalStreams } from './terminal.ts'

/** What differs from a pipe without colours. `stdout` stands in for the one that is kept. */
export type TestTerminalOptions = Readonly<
  Partial<Pick<TerminalStreams, 'stdout' | 'isTty' | 'hasColour' | 'columns'>>
>

/** How far the clock goes on each time that it is read. */
const CLOCK_STEP_MS = 10_000

const keeping = (): Readonly<{ stream: Writable; text: () => string }> => {
  const chunks: string[] = []
  const stream = new Writable({
    write: (chunk, _, done) => {
      chunks.push(String(chunk))
      done()
    },
  })
  return { stream, text: () => chunks.join('') }
}

/** `out` and `err` are all that was written so far. */
export const testTerminal = (
  options: TestTerminalOptions = {},
): Readonly<{ terminal: TerminalStreams; out: () => string; err: () => string }> => {
  const [stdout, stderr] = [keeping(), keeping()]
  let nowMs = 0
  const terminal = {
    stdout: stdout.stream,
    stderr: stderr.stream,
    isTty: false,
    hasColour: false,
    columns: null,
    nowMs: () => {
      nowMs += CLOCK_STEP_MS
      return nowMs
    },
    ...options,
  }
  return { terminal, out: stdout.text, err: stderr.text }
}
