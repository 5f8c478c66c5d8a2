/** `log export`, `import` and `copy`: moving events between logs and files. */
import { statSync } from 'node:fs'
import path from 'node:path'
import { FatalError } from '../../../domain/errors.ts'
import type { EventLog, NewEvent } from '../../../domain/event-log/event-log.ts'
import type { WorldDefinition } from '../../../domain/worlds/definition.ts'
import { eventCodecsOf, formOf } from '../../../schemas/events/codecs.ts'
import { upcast } from '../../../schemas/events/upcast.ts'
import type { ArchiveFormat } from '../archive/archive-file.ts'
import { copyLog } from '../archive/copy-log.ts'
import { exportLog } from '../archive/export-log.ts'
import { importLog } from '../archive/import-log.ts'
import { formatOfName, openArchive } from '../archive/open-archive.ts'
import { expectStreams, nameOfStreams, type Range, type Selection } from '../archive/selection.ts'
import type { LogInvocation } from './log-arguments.ts'
import { createProgressLine } from './progress-line.ts'
import { counted, harmless, type Output, type TerminalStreams } from './terminal.ts'

type MovingContext = Readonly<{
  invocation: LogInvocation
  terminal: TerminalStreams
  out: Output
  signal: AbortSignal
  definition: WorldDefinition
}>

/** Exports the selection into a file and says where it is. */
export const exportEvents = async (log: EventLog, context: MovingContext): Promise<void> => {
  const { invocation, terminal, out, signal } = context
  const target = exportTarget(invocation)
  await expectStreams(log, invocation.selection.streams)
  const progress = createProgressLine(terminal)
  try {
    const exported = await exportLog(log, invocation.selection, target, {
      signal,
      overwrite: invocation.isForced,
      progress: ({ events, share }) => progress.show('exporting', events, share),
    })
    progress.clear()
    const { path: file, events, checksum } = exported
    await out.line(
      invocation.isJson
        ? JSON.stringify({ file, events, checksum })
        : `${file}: ${counted(events, 'event')}`,
    )
  } finally {
    progress.clear()
  }
}

/**
 * Path and format: what `--out` and `--format` say, else a name that tells what is in the file. A
 * file whose name does not tell its format could not be imported again, so it is refused with a
 * FatalError.
 */
const exportTarget = ({
  out,
  format,
  selection,
}: LogInvocation): Readonly<{ path: string; format: ArchiveFormat }> => {
  if (out === null || isFolder(out)) {
    const chosen = format ?? 'parquet'
    return { path: path.join(out ?? '.', `${fileNameOf(selection)}.${chosen}`), format: chosen }
  }
  const told = formatOfName(out)
  if (told === null) {
    throw new FatalError(
      `--out ${out}: there is no such folder, and a file's name ends in .parquet or .ndjson`,
    )
  }
  if (format !== null && format !== told)
    throw new FatalError(`--out ${out} and --format ${format} are two formats`)
  return { path: out, format: told }
}

const isFolder = (name: string): boolean =>
  statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false

/**
 * `world-SN_MAIN-0x1_blocks-100-200`: what is in a file, as docs/exports.md says. An open end is
 * left empty.
 */
const fileNameOf = ({ streams, revisions, blocks }: Selection): string => {
  const range = (name: string, given: Range | undefined): string =>
    given === undefined ? '' : `_${name}-${given.from ?? ''}-${given.to ?? ''}`
  const name = nameOfStreams(streams).replaceAll(/[^\w.-]/g, '_')
  return `${name}${range('positions', revisions)}${range('blocks', blocks)}`
}

/** Imports a file into the log, and says what was new in it. */
export const importEvents = async (
  log: EventLog,
  file: string,
  context: MovingContext,
): Promise<void> => {
  const { invocation, terminal, out, signal, definition } = context
  const progress = createProgressLine(terminal)
  const forms = createFormCheck(definition)
  try {
    const { events, streams, appended, checksum } = await importLog(await openArchive(file), log, {
      signal,
      faultOf: forms.faultOf,
      progress: ({ phase, events: done, of }) =>
        progress.show(phase, done, of === null || of === 0 ? null : done / of),
    })
    progress.clear()
    if (forms.strangers() > 0) {
      terminal.stderr.write(
        `${counted(forms.strangers(), 'event')} of types or versions unknown here, kept as they are\n`,
      )
    }
    await out.line(
      invocation.isJson
        ? JSON.stringify({ file, events, streams, appended, checksum, unknown: forms.strangers() })
        : `${file}: ${counted(events, 'event')} of ${counted(streams, 'stream')}, ${counted(appended, 'event')} new`,
    )
  } finally {
    progress.clear()
  }
}

/**
 * What the game knows must have its shape; what is not known, or newer, is counted and let through.
 */
const createFormCheck = (
  definition: WorldDefinition,
): Readonly<{
  faultOf: (event: NewEvent) => string | null
  strangers: () => number
}> => {
  const codecs = eventCodecsOf(definition)
  let strangers = 0
  return {
    faultOf: (event) => {
      const form = formOf(codecs, upcast(event))
      if (form.kind === 'malformed') return form.reason
      if (form.kind !== 'known') strangers += 1
      return null
    },
    strangers: () => strangers,
  }
}

/** Copies one log into the other, and says the checksum by which they are equal. */
export const copyEvents = async (
  from: EventLog,
  to: EventLog,
  context: MovingContext,
): Promise<void> => {
  const { invocation, terminal, out, signal } = context
  await expectStreams(from, invocation.selection.streams)
  const progress = createProgressLine(terminal)
  try {
    const copied = await copyLog(from, to, {
      streams: invocation.selection.streams,
      signal,
      progress: ({ phase, events, share }) => progress.show(phase, events, share),
    })
    progress.clear()
    if (invocation.isJson) return await out.line(JSON.stringify(copied))
    const { events, streams, appended, checksum, trimmed } = copied
    for (const stream of trimmed)
      terminal.stderr.write(`left behind, its first events are gone: ${harmless(stream)}\n`)
    await out.line(
      `${counted(events, 'event')} of ${counted(streams, 'stream')}, ${counted(appended, 'event')} new`,
    )
    await out.line(`both logs have checksum ${checksum}`)
  } finally {
    progress.clear()
  }
}
