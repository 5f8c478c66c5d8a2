/**
 * `chronohex sandbox …`: a sandbox chain by itself: made in one go, served alone, replayed from a
 * file.
 */
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { FatalError, messageOf } from '../../../domain/errors.ts'
import { refusalOfPort } from '../../../domain/fetch-ports.ts'
import { generateChain } from '../../sandbox/played/generate.ts'
import { startSandbox } from '../../sandbox/sandbox.ts'
import { NO_DEFECTS, type ToriiOptions } from '../../sandbox/torii/options.ts'

/** Text of `sandbox --help`. */
export const SANDBOX_HELP = `chronohex sandbox: a Starknet development chain that plays the game

  chronohex sandbox generate --blocks N --out FILE [--seed S] [--bots N]
                               writes a played world's whole chain, fast; the same seed gives the same file
  chronohex sandbox serve [--from FILE] [--speed BLOCKS_PER_SECOND] [flags]
                               serves a chain; with --speed it shows the file's blocks again from genesis on

Flags of serve:
  --rpc-port N      port of JSON-RPC and its WebSocket; 0 picks a free one (default 5050)
  --torii-port N    also serves the chain as Torii 1.8 (/graphql, /sql) on this port; 0 picks a free one
  --raw-events      Torii keeps raw events and serves eventEmitted
  --transactions    Torii keeps transactions, their calls and receipts
  --sealed-only     Torii indexes no pre-confirmed transactions
  --historical TAGS Torii keeps every state of these models: namespace-Name, …
  --defects NAMES   Torii shows these of its defects, or all: ${Object.keys(NO_DEFECTS).join(', ')}
  --block-time MS   milliseconds between blocks; 0 makes a block per transaction (default 500)
  --seed S          seed of a new chain: a short text or a felt
  --quirks katana   answers as Katana does where it deviates from the specification
`

const OPTIONS = {
  blocks: { type: 'string' },
  out: { type: 'string' },
  seed: { type: 'string' },
  bots: { type: 'string' },
  from: { type: 'string' },
  speed: { type: 'string' },
  'rpc-port': { type: 'string', default: '5050' },
  'torii-port': { type: 'string' },
  'raw-events': { type: 'boolean', default: false },
  transactions: { type: 'boolean', default: false },
  'sealed-only': { type: 'boolean', default: false },
  historical: { type: 'string', default: '' },
  defects: { type: 'string', default: '' },
  'block-time': { type: 'string', default: '500' },
  quirks: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

const readFlags = (args: readonly string[]) =>
  parseArgs({ args: [...args], options: OPTIONS, strict: true }).values
type Flags = ReturnType<typeof readFlags>

/** A whole number from 0 to `max`; throws FatalError naming the flag. */
const numberOf = (flag: string, text: string, max: number): number => {
  if (/^\d{1,9}$/.test(text) && Number(text) <= max) return Number(text)
  throw new FatalError(`--${flag} must be a whole number from 0 to ${max}, not "${text}"`)
}

const portOf = (flag: string, text: string): number => {
  const port = numberOf(flag, text, PORT_MAX)
  const refusal = refusalOfPort(port)
  if (refusal !== null) throw new FatalError(`--${flag}: ${refusal}`)
  return port
}

const PORT_MAX = 65_535
const COUNT_MAX = 100_000_000

const namesIn = (list: string): readonly string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

/** Null where no Torii is wanted. Throws FatalError naming a defect that Torii does not have. */
const toriiOptionsOf = (flags: Flags): ToriiOptions | null => {
  const defects = namesIn(flags.defects)
  const known = Object.keys(NO_DEFECTS)
  const unknown = defects.find((name) => name !== 'all' && !known.includes(name))
  if (unknown !== undefined)
    throw new FatalError(`--defects knows ${known.join(', ')} and all, not "${unknown}"`)
  if (flags['torii-port'] === undefined) return null
  return {
    port: portOf('torii-port', flags['torii-port']),
    rawEvents: flags['raw-events'],
    transactions: flags.transactions,
    preConfirmed: !flags['sealed-only'],
    historical: namesIn(flags.historical),
    defects: Object.fromEntries(
      (defects.includes('all') ? known : defects).map((name) => [name, true]),
    ),
  }
}

const generate = async (
  flags: Flags,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<void> => {
  if (flags.blocks === undefined || flags.out === undefined)
    throw new FatalError('generate needs --blocks N and --out FILE')
  const started = performance.now()
  const made = await generateChain({
    file: flags.out,
    blocks: numberOf('blocks', flags.blocks, COUNT_MAX),
    seed: flags.seed ?? null,
    signal,
    ...(flags.bots === undefined ? {} : { bots: numberOf('bots', flags.bots, COUNT_MAX) }),
  })
  const seconds = ((performance.now() - started) / 1_000).toFixed(1)
  print(
    `${made.blocks} blocks, ${made.transactions} transactions and ${made.events} events in ${seconds} s: ${flags.out}`,
  )
}

const serve = async (
  flags: Flags,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<void> => {
  if (flags.quirks !== undefined && flags.quirks !== 'katana')
    throw new FatalError('--quirks knows only katana')
  const torii = toriiOptionsOf(flags)
  const failed = Promise.withResolvers<FatalError>()
  const sandbox = await startSandbox({
    dataFile: flags.from ?? null,
    rpcPort: portOf('rpc-port', flags['rpc-port']),
    blockTimeMs:
      flags.speed === undefined ? numberOf('block-time', flags['block-time'], COUNT_MAX) : null,
    seed: flags.seed ?? null,
    botAccounts: 0,
    quirks: flags.quirks ?? null,
    replay:
      flags.speed === undefined
        ? null
        : { blocksPerSecond: numberOf('speed', flags.speed, COUNT_MAX) },
    ...(torii === null ? {} : { torii }),
    onFailure: failed.resolve,
  })
  print(`Chain (RPC)  ${sandbox.rpcUrl}`)
  if (sandbox.toriiUrl !== null) print(`Torii        ${sandbox.toriiUrl}`)
  const stopped = signal.aborted ? Promise.resolve(null) : once(signal, 'abort').then(() => null)
  const failure = await Promise.race([failed.promise, stopped])
  await sandbox.close()
  if (failure !== null) throw failure
}

/** Where a sandbox command says what, and what ends it. */
export type SandboxCommandContext = Readonly<{
  print: (line: string) => void
  complain: (line: string) => void
  /** Aborted by Ctrl-C. */
  signal: AbortSignal
}>

/** Runs the arguments after `sandbox`; resolves with the process's exit code. */
export const runSandboxCommand = async (
  args: readonly string[],
  context: SandboxCommandContext,
): Promise<number> => {
  const { print, complain, signal } = context
  const [verb, ...rest] = args
  try {
    const flags = readFlags(rest)
    if (flags.help || verb === '--help' || verb === undefined) print(SANDBOX_HELP)
    else if (verb === 'generate') await generate(flags, print, signal)
    else if (verb === 'serve') await serve(flags, print, signal)
    else throw new FatalError(`there is no "sandbox ${verb}"; see chronohex sandbox --help`)
    return 0
  } catch (error) {
    // ParseArgs refuses with TypeErrors.
    const isForeseen = error instanceof FatalError || error instanceof TypeError
    if (!isForeseen) throw error
    complain(messageOf(error))
    return 1
  }
}
