/**
 * Settings of a run: flags win over the environment, the environment over defaults. The only file
 * that reads the environment; everything else receives the frozen result.
 */
import path from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import type { Rejection } from '../../domain/decider.ts'
import { messageOf } from '../../domain/errors.ts'
import { feltOfShortString, parseFelt } from '../../domain/felt.ts'
import { refusalOfPort } from '../../domain/fetch-ports.ts'
import { isLogUrl } from '../event-log/open-event-log.ts'
import { loadEnvironment, nearestName } from './environment.ts'

const PORT_MAX = 65_535
const BOTS_MAX = 64
const BLOCK_TIME_MS_MAX = 3_600_000

/** A name, an IPv4 address, or an IPv6 address with brackets or without. */
const HOST_NAME =
  /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/

const wholeNumber = (what: string, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `${what} must be a whole number from 0 to ${max}`)
    .transform(Number)
    .refine((value) => value <= max, `${what} must be a whole number from 0 to ${max}`)

const isReachable = (flag: string) => (port: number | null, context: z.RefinementCtx) => {
  const refusal = port === null ? null : refusalOfPort(port)
  if (refusal !== null) context.addIssue(`${flag}: ${refusal}`)
}

type Setting = Readonly<{
  flag: string
  env: string
  value: string
  fallback: string
  help: string
}>

/** Every setting, in the order in which the help lists them. */
const SETTINGS = {
  port: {
    flag: 'port',
    env: 'CHRONOHEX_PORT',
    value: 'N',
    fallback: '4400',
    help: 'port of dashboard and API; 0 picks a free one',
  },
  rpcPort: {
    flag: 'rpc-port',
    env: 'CHRONOHEX_RPC_PORT',
    value: 'N',
    fallback: '5050',
    help: "port of the sandbox chain's JSON-RPC; 0 picks a free one",
  },
  host: {
    flag: 'host',
    env: 'CHRONOHEX_HOST',
    value: 'ADDRESS',
    fallback: 'localhost',
    help: 'address or name that the API binds, 0.0.0.0 or :: for all; anything but loopback lets others read',
  },
  allowHosts: {
    flag: 'allow-host',
    env: 'CHRONOHEX_ALLOW_HOST',
    value: 'NAME',
    fallback: '',
    help: 'a further name under which the API is reached, such as that of a proxy; several with commas',
  },
  allowOrigins: {
    flag: 'allow-origin',
    env: 'CHRONOHEX_ALLOW_ORIGIN',
    value: 'ORIGIN',
    fallback: '',
    help: 'a site whose pages may read the API from a browser, as https://dash.example; several with commas',
  },
  dataFolder: {
    flag: 'data',
    env: 'CHRONOHEX_DATA',
    value: 'FOLDER',
    fallback: '.chronohex',
    help: 'folder of the chain, the event log and the read models',
  },
  seed: {
    flag: 'seed',
    env: 'CHRONOHEX_SEED',
    value: 'SEED',
    fallback: '',
    help: "seed of the sandbox world (a short text or a felt); without it the live game's own",
  },
  bots: {
    flag: 'bots',
    env: 'CHRONOHEX_BOTS',
    value: 'N',
    fallback: '4',
    help: 'bots that play; 0 for none',
  },
  blockTimeMs: {
    flag: 'block-time',
    env: 'CHRONOHEX_BLOCK_TIME_MS',
    value: 'MS',
    fallback: '500',
    help: 'milliseconds between blocks; 0 makes a block per transaction and per dev_generateBlock',
  },
  log: {
    flag: 'log',
    env: 'CHRONOHEX_LOG',
    value: 'URL',
    fallback: '',
    help: 'event log: esdb://… or postgres://…; without it, in the embedded database',
  },
  toriiPort: {
    flag: 'torii-port',
    env: 'CHRONOHEX_TORII_PORT',
    value: 'N',
    fallback: '',
    help: 'also serves the sandbox chain as Torii 1.8 on this port; 0 picks a free one',
  },
} as const satisfies Record<string, Setting>

type SettingName = keyof typeof SETTINGS

const schema = z.object({
  port: wholeNumber('--port', PORT_MAX).superRefine(isReachable('--port')),
  rpcPort: wholeNumber('--rpc-port', PORT_MAX).superRefine(isReachable('--rpc-port')),
  host: z
    .string()
    .min(1, '--host must not be empty')
    .transform((host) => host.replace(/^\[(.*)\]$/, '$1')),
  allowHosts: z
    .string()
    .transform((names) => names.split(',').filter((name) => name !== ''))
    .pipe(
      z.array(
        z.string().regex(HOST_NAME, '--allow-host must be a name or an address, without a port'),
      ),
    ),
  allowOrigins: z
    .string()
    .transform((origins) => origins.split(',').filter((origin) => origin !== ''))
    .pipe(
      z.array(
        z.string().refine((origin) => URL.parse(origin)?.origin === origin, {
          message: '--allow-origin must be as https://dash.example, without a path',
        }),
      ),
    ),
  dataFolder: z.string().min(1, '--data must not be empty'),
  seed: z
    .string()
    .refine((seed) => seed === '' || parseFelt(seed) !== null || feltOfShortString(seed) !== null, {
      message: '--seed must be a felt, or at most 31 printable ASCII characters',
    })
    .transform((seed) => (seed === '' ? null : seed)),
  bots: wholeNumber('--bots', BOTS_MAX),
  blockTimeMs: wholeNumber('--block-time', BLOCK_TIME_MS_MAX),
  log: z
    .string()
    .refine(
      (url) => url === '' || isLogUrl(url),
      '--log must be a URL: esdb://…, esdb+discover://… or postgres://…',
    )
    .transform((url) => (url === '' ? null : url)),
  toriiPort: z
    .string()
    .refine((port) => port === '' || (/^\d{1,5}$/.test(port) && Number(port) <= PORT_MAX), {
      message: `--torii-port must be a whole number from 0 to ${PORT_MAX}`,
    })
    .transform((port) => (port === '' ? null : Number(port)))
    .superRefine(isReachable('--torii-port')),
})

/** Settings of a run, checked. */
export type Config = Readonly<z.infer<typeof schema>> &
  Readonly<{
    /** The world is to begin anew. */
    fresh: boolean
    /** Path of the chain's file that the world is to begin with; null: none. */
    from: string | null
  }>

/** What the command line asked for. */
export type Invocation = Readonly<{ kind: 'run'; config: Config }> | Readonly<{ kind: 'help' }>

const OPTIONS = {
  ...Object.fromEntries(
    Object.values(SETTINGS).map(({ flag }) => [flag, { type: 'string' as const }]),
  ),
  [SETTINGS.allowHosts.flag]: { type: 'string' as const, multiple: true },
  [SETTINGS.allowOrigins.flag]: { type: 'string' as const, multiple: true },
  fresh: { type: 'boolean' as const },
  from: { type: 'string' as const },
  help: { type: 'boolean' as const, short: 'h' },
}

type Flags = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>

const flagsOf = (args: readonly string[]): Readonly<{ flags: Flags }> | Rejection<'BAD_FLAG'> => {
  try {
    const options = { options: OPTIONS, strict: true, allowPositionals: false }
    return { flags: parseArgs({ args: [...args], ...options }).values }
  } catch (error) {
    const [problem = ''] = messageOf(error).split(/\.\s/)
    const unknown = /^Unknown option '--([\w-]+)'/.exec(problem)?.[1]
    const nearest = unknown === undefined ? null : nearestName(unknown, Object.keys(OPTIONS))
    const hint = nearest === null ? '' : ` (did you mean --${nearest}?)`
    return { rejected: 'BAD_FLAG', reason: `${problem}${hint}. See npm start -- --help` }
  }
}

const givenValue = (name: SettingName, flags: Flags, env: NodeJS.ProcessEnv): unknown => {
  const given = flags[SETTINGS[name].flag]
  const flag = Array.isArray(given) ? given.join(',') : given
  return flag ?? env[SETTINGS[name].env] ?? SETTINGS[name].fallback
}

/** Reads command line and environment. What is wrong is named by its flag; nothing is guessed. */
export const readInvocation = (
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Invocation | Rejection<'BAD_FLAG'> => {
  const read = flagsOf(args)
  if ('rejected' in read) return read
  const { flags } = read
  if (flags.from !== undefined && flags.seed !== undefined)
    return {
      rejected: 'BAD_FLAG',
      reason: '--from and --seed exclude each other: the file has its seed',
    }
  if (flags.help === true) return { kind: 'help' }
  // The table is a constant: it has no other keys.
  const names = Object.keys(SETTINGS) as SettingName[]
  const parsed = schema.safeParse(
    Object.fromEntries(names.map((name) => [name, givenValue(name, flags, env)])),
  )
  if (!parsed.success) {
    return {
      rejected: 'BAD_FLAG',
      reason: parsed.error.issues.map((issue) => issue.message).join('; '),
    }
  }
  const config = {
    ...parsed.data,
    dataFolder: path.resolve(parsed.data.dataFolder),
    fresh: flags.fresh === true,
    from: typeof flags.from === 'string' ? path.resolve(flags.from) : null,
  }
  return { kind: 'run', config: Object.freeze(config) }
}

const describe = ({ flag, env, value, fallback, help }: Setting): string =>
  `  --${`${flag} ${value}`.padEnd(16)} ${help}\n${' '.repeat(21)}(${env}${fallback === '' ? '' : `, default ${fallback}`})`

/** Whether the environment asks for plain text (https://no-color.org). */
export const wantsNoColour = (env: NodeJS.ProcessEnv = process.env): boolean =>
  (env.NO_COLOR ?? '') !== ''

/** The data folder that tools mean when nothing names one: the system's own. */
export const defaultDataFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  path.resolve(env[SETTINGS.dataFolder.env] ?? SETTINGS.dataFolder.fallback)

/**
 * The log that tools mean when nothing names one: the system's own, by URL or by its data folder.
 */
export const defaultLog = (env: NodeJS.ProcessEnv = process.env): string =>
  (env[SETTINGS.log.env] ?? '') || defaultDataFolder(env)

/**
 * Names that mean something to what comes along with this program: docker-compose.yml and the tests.
 */
const OTHER_NAMES = [
  'CHRONOHEX_EVENTSTOREDB_PASSWORD',
  'CHRONOHEX_POSTGRES_PASSWORD',
  'CHRONOHEX_NATS_PASSWORD',
  'CHRONOHEX_REDIS_PASSWORD',
  'CHRONOHEX_EVENTSTOREDB_PORT',
  'CHRONOHEX_POSTGRES_PORT',
  'CHRONOHEX_NATS_PORT',
  'CHRONOHEX_REDIS_PORT',
  'CHRONOHEX_TEST_POSTGRES_URL',
  'CHRONOHEX_TEST_EVENTSTOREDB_URL',
  'CHRONOHEX_TEST_EVERY_STATEMENT',
]

/**
 * Takes the settings of `folder`/.env into the environment (environment.ts) and gives what is to be
 * warned of.
 */
export const loadEnvFile = (
  folder: string,
  env: NodeJS.ProcessEnv = process.env,
): readonly string[] =>
  loadEnvironment(folder, env, [...Object.values(SETTINGS).map((one) => one.env), ...OTHER_NAMES])

/** Text of `npm start -- --help`. */
export const HELP = `Chronohex: a live, replayable hex world on your machine.

  npm start                     run everything: sandbox chain, ingest, event log, read models, API, dashboard, bots
  npm start -- [flags]
  npm start -- log …            look into event logs, export, import and copy them (log --help)
  npm start -- sandbox …        the sandbox chain by itself (sandbox --help)
  npm start -- verify …         compare the read models with the chain, row by row (verify --help)

Flags (each also as an environment variable, or a line of a file .env in this folder; an unknown
CHRONOHEX_… name is refused in the file, and warned of in the environment):
${Object.values(SETTINGS).map(describe).join('\n')}
  --fresh            delete this data folder's world and start over
  --from FILE        begin with the world in this file, as \`sandbox generate\` writes it; the file stays as it is
  --help             this text

Ctrl-C stops it; the next start goes on where it stopped. Where everything is stands in endpoints.json in the data folder.
`
