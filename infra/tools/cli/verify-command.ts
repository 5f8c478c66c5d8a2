/** `chronohex verify`: compares the read models of a stopped system with the chain, row by row. */
import type { WorldDefinition } from '../../../domain/worlds/definition.ts'
import type { StoppedWorld, StoppedWorldPlace } from '../verify/stopped-world.ts'
import { type Mismatch, RowsDiffer, type VerifyReport, verifyReadModels } from '../verify/verify.ts'
import { type CommandContext, EXIT_CODES, runToExitCode } from './ending.ts'
import { type BadUsage, badUsage, readFlags } from './flags.ts'
import { createProgressLine } from './progress-line.ts'
import { counted, grouped, type Output } from './terminal.ts'

/** Text of `verify --help`. */
export const VERIFY_HELP = `chronohex verify: compare the read models with the chain, row by row

  chronohex verify [--data FOLDER] [--against URL]

Every row that the read models hold is compared with what the World contract itself answers for it at
the block that they have reached. The system must not run on the folder meanwhile.

  --data FOLDER       data folder of a stopped system (default: CHRONOHEX_DATA if it is set, else .chronohex)
  --against URL       JSON-RPC of a node of the same chain; without it, the sandbox chain in the folder
  --json              one JSON object instead of text
  --help              this text

Exit codes: 0 all rows agree; 1 failed, or nothing to compare; 2 wrong usage; 3 the folder is in use or the node out of
reach, try again; 4 rows differ; 130 interrupted. What is found goes to stdout, everything else to stderr.
`

const OPTIONS = {
  data: { type: 'string' },
  against: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

type VerifyInvocation = Readonly<{ place: StoppedWorldPlace; isJson: boolean }>

/** What the command is given: where it writes, and how a world is opened. */
export type VerifyCommandContext = CommandContext &
  Readonly<{
    /**
     * Opens a world for comparison. Throws FatalError or RetryableError with a message for the
     * user.
     */
    openWorld: (place: StoppedWorldPlace) => Promise<StoppedWorld>
    /** The data folder that is meant when none is named. */
    defaultDataFolder: string
    /** The game of the world. */
    definition: WorldDefinition
  }>

/**
 * Runs the arguments after `verify`; resolves with the process's exit code and never rejects for
 * what was foreseen.
 */
export const runVerifyCommand = async (
  args: readonly string[],
  context: VerifyCommandContext,
): Promise<number> => {
  const { stdout, stderr } = context.terminal
  const invocation = readInvocation(args, context.defaultDataFolder)
  if (invocation === 'help') {
    stdout.write(VERIFY_HELP)
    return EXIT_CODES.done
  }
  if ('rejected' in invocation) {
    stderr.write(`chronohex: ${invocation.reason}. See chronohex verify --help\n`)
    return EXIT_CODES.badUsage
  }
  return runToExitCode((out) => verify(invocation, context, out), context)
}

const readInvocation = (
  args: readonly string[],
  defaultDataFolder: string,
): VerifyInvocation | 'help' | BadUsage => {
  const parsed = readFlags(args, OPTIONS)
  if ('rejected' in parsed) return parsed
  const { values, positionals } = parsed
  if (values.help === true) return 'help'
  if (positionals.length > 0)
    return badUsage(`verify: "${positionals[0]}" is one argument too many`)
  const dataFolder = String(values.data ?? defaultDataFolder)
  if (dataFolder === '') return badUsage('--data is empty')
  const nodeUrl = values.against === undefined ? null : String(values.against)
  if (nodeUrl !== null && !/^https?:$/.test(URL.parse(nodeUrl)?.protocol ?? ''))
    return badUsage('--against must be an http or https URL')
  return { place: { dataFolder, nodeUrl }, isJson: values.json === true }
}

const verify = async (
  { place, isJson }: VerifyInvocation,
  { openWorld, definition, terminal, signal }: VerifyCommandContext,
  out: Output,
): Promise<void> => {
  const progress = createProgressLine(terminal, 'row')
  const world = await openWorld(place)
  const { readModels, head, call } = world
  try {
    const report = await verifyReadModels({
      world: { address: definition.worldAddress, namespace: definition.namespace },
      call,
      models: readModels.models,
      projectedRows: readModels.rowsOf,
      onProgress: (rows) => {
        signal.throwIfAborted()
        progress.show('comparing', rows, null)
      },
    })
    progress.clear()
    const told = { block: head.number, hash: head.hash, ...report }
    if (isJson) await out.line(JSON.stringify(told))
    else await tell(report, definition, out)
    if (report.rowsDiffering > 0) {
      throw new RowsDiffer(
        `Rows that differ from the chain at block ${grouped(head.number)}: ${grouped(report.rowsDiffering)} of ${grouped(report.rowsCompared)}`,
      )
    }
    if (!isJson)
      await out.line(
        `${counted(report.rowsCompared, 'row')}, all as on chain at block ${grouped(head.number)}`,
      )
  } finally {
    progress.clear()
    await world.close()
  }
}

const tell = async (
  { rowsByModel, rowsDiffering, mismatches }: VerifyReport,
  definition: WorldDefinition,
  out: Output,
): Promise<void> => {
  for (const [model, rows] of Object.entries(rowsByModel))
    await out.line(`${grouped(rows).padStart(12)}  ${model}`)
  for (const mismatch of mismatches) await out.line(mismatchLine(mismatch, definition))
  const more = rowsDiffering - mismatches.length
  if (more > 0) await out.line(`and ${grouped(more)} more`)
}

/** `Hex (0x…): biome is 0x3 in the read models, 0x4 on chain` */
const mismatchLine = (
  { model, keys, member, projected, onChain }: Mismatch,
  { models }: WorldDefinition,
): string => {
  const members = Object.keys(models[model]?.values ?? {}) // one felt each
  const name = members[member] ?? `value ${member + 1}`
  return `${model} (${keys.join(', ')}): ${name} is ${projected ?? 'absent'} in the read models, ${onChain ?? 'absent'} on chain`
}
