/** The command line of `chronohex log`: what it may say, and what is wrong with it. */
import path from 'node:path'
import { ARCHIVE_FORMATS, type ArchiveFormat } from '../archive/archive-file.ts'
import type { Range, Selection, Streams } from '../archive/selection.ts'
import { type BadUsage, badUsage, type FlagValues, readFlags } from './flags.ts'

/** What can be done with logs, in the order of the help. */
export const LOG_VERBS = ['head', 'streams', 'read', 'tail', 'export', 'import', 'copy'] as const
/** One of them. */
export type LogVerb = (typeof LOG_VERBS)[number]

/** A command line that was understood. What was not given is null, or false. */
export type LogInvocation = Readonly<{
  verb: LogVerb
  /** Log to read; null: the default one. */
  from: string | null
  /** Log to write; null: the default one. */
  to: string | null
  selection: Selection
  /** File of an import. */
  file: string | null
  out: string | null
  format: ArchiveFormat | null
  limit: number | null
  isBackwards: boolean
  isForced: boolean
  isJson: boolean
}>

/** Text of `log --help`. */
export const LOG_HELP = `chronohex log: look into an event log, and move it

  chronohex log head    [STREAM]                    where the log ends, and the world in it
  chronohex log streams [--category C]              every stream and how many events it has
  chronohex log read    [STREAM | --category C]     events in order; --limit N, --backwards (one stream)
  chronohex log tail    [STREAM | --category C]     new events as they come; of a stream (default: the
                                                    world's) also the last ones before, --limit N, default 10
  chronohex log export  [STREAM | --category C] [--out PATH]
                                                    a Parquet or NDJSON file; PATH is a file or a folder (docs/exports.md)
  chronohex log import  FILE                        an exported file into a log
  chronohex log copy    --from URL --to URL [STREAM | --category C]
                                                    one log into another, verified by checksum; goes on where it stopped

Logs
  --from URL          log to read    postgres://…, esdb://…, or the path of a data folder that nothing runs on
  --to URL            log to write   (import, copy)
                      Default of both: CHRONOHEX_LOG if it is set, else the data folder
Ranges, both ends included (read, export)
  --from-position N --to-position N    revisions of one stream; in a world's stream these are its positions
  --from-block N    --to-block N       blocks of the chain
Output
  --format F          parquet (default) or ndjson; otherwise told by the ending of --out
  --force             replace a file that exists
  --json              one JSON object per line instead of text
  --help              this text

Exit codes: 0 done; 1 failed; 2 wrong usage; 3 the log is out of reach or in use, try again; 4 damaged file or logs that
differ; 130 interrupted. Events go to stdout, everything else to stderr.
`

const OPTIONS = {
  from: { type: 'string' },
  to: { type: 'string' },
  category: { type: 'string' },
  'from-position': { type: 'string' },
  'to-position': { type: 'string' },
  'from-block': { type: 'string' },
  'to-block': { type: 'string' },
  limit: { type: 'string' },
  backwards: { type: 'boolean' },
  out: { type: 'string' },
  format: { type: 'string' },
  force: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

type Flag = Exclude<keyof typeof OPTIONS, 'help' | 'json'>

const RANGES = ['from-position', 'to-position', 'from-block', 'to-block'] as const

/** Flags that each verb understands. `--json` and `--help` go with all. */
const FLAGS: Readonly<Record<LogVerb, readonly Flag[]>> = {
  head: ['from'],
  streams: ['from', 'category'],
  read: ['from', 'category', ...RANGES, 'limit', 'backwards'],
  tail: ['from', 'category', 'limit'],
  export: ['from', 'category', ...RANGES, 'out', 'format', 'force'],
  import: ['to'],
  copy: ['from', 'to', 'category'],
}

/** Reads the arguments after `log`. A flag that the verb does not know is refused. */
export const readLogInvocation = (args: readonly string[]): LogInvocation | 'help' | BadUsage => {
  const parsed = readFlags(args, OPTIONS)
  if ('rejected' in parsed) return parsed
  const { values, positionals } = parsed
  const [name, operand, ...more] = positionals
  if (values.help === true || (name === undefined && args.length === 0)) return 'help'
  const verb = LOG_VERBS.find((known) => known === name)
  if (verb === undefined)
    return badUsage(`log ${name ?? ''}: one of ${LOG_VERBS.join(', ')} is needed`)
  if (more.length > 0) return badUsage(`log ${verb}: "${more[0]}" is one argument too many`)
  const stranger = Object.keys(values).find(
    (flag) => flag !== 'json' && !FLAGS[verb].some((known) => known === flag),
  )
  if (stranger !== undefined) return badUsage(`log ${verb} does not know --${stranger}`)
  return invocationOf(verb, operand ?? null, values)
}

type Values = FlagValues<keyof typeof OPTIONS>

const invocationOf = (
  verb: LogVerb,
  operand: string | null,
  values: Values,
): LogInvocation | BadUsage => {
  const selection = selectionOf(verb, verb === 'import' ? null : operand, values)
  if ('rejected' in selection) return selection
  const limit = numberOf(values, 'limit')
  if (typeof limit === 'object' && limit !== null) return limit
  const format = ARCHIVE_FORMATS.find((known) => known === values.format) ?? null
  const given = {
    verb,
    from: textOf(values.from),
    to: textOf(values.to),
    selection,
    file: verb === 'import' ? operand : null,
    out: textOf(values.out),
    format,
    limit,
    isBackwards: values.backwards === true,
    isForced: values.force === true,
    isJson: values.json === true,
  }
  const fault = contradictionIn(given, values)
  return fault === null ? given : badUsage(`log ${verb}: ${fault}`)
}

const contradictionIn = (given: LogInvocation, { format }: Values): string | null => {
  const { verb, selection, isBackwards } = given
  const isOneStream = selection.streams.kind === 'stream'
  if (format !== undefined && given.format === null)
    return `--format is one of ${ARCHIVE_FORMATS.join(', ')}`
  const empty = (['from', 'to', 'out'] as const).find((flag) => given[flag] === '')
  if (empty !== undefined) return `--${empty} is empty`
  if (verb === 'import' && given.file === null) return 'the file to import is missing'
  if (verb === 'copy' && (given.from === null || given.to === null))
    return 'both --from and --to are needed'
  if (verb === 'copy' && path.resolve(given.from ?? '') === path.resolve(given.to ?? '')) {
    return '--from and --to are the same log' // also as two spellings of one folder
  }
  if (verb === 'streams' && isOneStream)
    return 'it lists streams; one of them is shown by log head STREAM'
  if (selection.revisions !== undefined && !isOneStream)
    return 'a range of positions needs one stream'
  if (isBackwards && !isOneStream) return '--backwards needs one stream'
  if (isBackwards && (selection.blocks !== undefined || selection.revisions?.to != null)) {
    return '--backwards begins at --from-position or at the end, and takes no other range'
  }
  return null
}

const textOf = (value: string | boolean | undefined): string | null =>
  typeof value === 'string' ? value : null

const selectionOf = (
  verb: LogVerb,
  stream: string | null,
  values: Values,
): Selection | BadUsage => {
  const category = textOf(values.category)
  if (stream !== null && category !== null)
    return badUsage(`log ${verb}: a stream or a category, not both`)
  if (category !== null && !/^[^-]+$/.test(category)) {
    return badUsage("--category is the part of the streams' names before the first dash")
  }
  const streams: Streams =
    stream !== null
      ? { kind: 'stream', stream }
      : category !== null
        ? { kind: 'category', category }
        : { kind: 'all' }
  const revisions = rangeOf(values, 'from-position', 'to-position')
  if (revisions !== null && 'rejected' in revisions) return revisions
  const blocks = rangeOf(values, 'from-block', 'to-block')
  if (blocks !== null && 'rejected' in blocks) return blocks
  return {
    streams,
    ...(revisions === null ? {} : { revisions }),
    ...(blocks === null ? {} : { blocks }),
  }
}

const rangeOf = (values: Values, fromFlag: Flag, toFlag: Flag): Range | BadUsage | null => {
  const from = numberOf(values, fromFlag)
  if (typeof from === 'object' && from !== null) return from
  const to = numberOf(values, toFlag)
  if (typeof to === 'object' && to !== null) return to
  if (from === null && to === null) return null
  if (from !== null && to !== null && from > to)
    return badUsage(`--${fromFlag} lies behind --${toFlag}`)
  return { from, to }
}

const numberOf = (values: Values, flag: Flag): number | BadUsage | null => {
  const text = textOf(values[flag])
  if (text === null) return null
  return /^\d{1,15}$/.test(text)
    ? Number(text)
    : badUsage(`--${flag} must be a whole number of at least 0`)
}
