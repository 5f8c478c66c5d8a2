/**
 * What a run takes from a file `.env` and from the environment, before anything reads a setting:
 * names that mean nothing are told, and connections within the machine stay within it. Which names
 * there are stands in config.ts.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { FatalError, messageOf } from '../../domain/errors.ts'

const ENV_FILE = '.env'
/** A name that is so many letters away from a known one is taken for a misspelling of it. */
const MISSPELLING_LETTERS_MAX = 2
/** Further away, no name is suggested. */
const SUGGESTION_LETTERS_MAX = 6

/** How many letters must be put in, left out or replaced to make one text of the other. */
const lettersBetween = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1]
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (letter === other[column - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}

/** The known name that is nearest to this one; null when none is near. */
export const nearestName = (name: string, known: readonly string[]): string | null => {
  const ranked = known
    .map((one) => ({ one, letters: lettersBetween(name, one) }))
    .sort((a, b) => a.letters - b.letters)
  const [nearest] = ranked
  return nearest !== undefined && nearest.letters <= SUGGESTION_LETTERS_MAX ? nearest.one : null
}

/**
 * The name of this program's settings that are none, or that are nearly one; each as a sentence with
 * the nearest known name. Other names are other programs' business.
 */
const strangersIn = (names: readonly string[], known: readonly string[]): readonly string[] =>
  names
    .filter((name) => !known.includes(name))
    .map((name) => ({ name, nearest: nearestName(name.toUpperCase(), known) }))
    .filter(
      ({ name, nearest }) =>
        /^CHRONOHEX_/i.test(name) ||
        (nearest !== null &&
          lettersBetween(name.toUpperCase(), nearest) <= MISSPELLING_LETTERS_MAX),
    )
    .map(
      ({ name, nearest }) =>
        `${name} is no setting${nearest === null ? '' : `; did you mean ${nearest}?`}`,
    )

/** In which encoding the mark at its beginning says that a file is; without a mark, UTF-8. */
const encodingOf = (bytes: Buffer): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return 'utf-8'
}

/** What the file says; empty without one. Editors and shells of Windows write byte order marks. */
const readEnvFile = (file: string): NodeJS.Dict<string> => {
  if (!existsSync(file)) return {}
  try {
    const bytes = readFileSync(file)
    return parseEnv(new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes))
  } catch (error) {
    throw new FatalError(`${file} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

/** Hosts within the machine, as lists of exceptions from proxies name them. */
const LOOPBACK = 'localhost,127.0.0.1,::1'

/**
 * Excepts this machine from proxies. The gRPC client takes `http_proxy` for every server, and knows
 * `no_proxy` in small letters only, and `no_grpc_proxy` before it.
 */
const keepLoopbackDirect = (env: NodeJS.ProcessEnv): void => {
  if (!Object.keys(env).some((name) => /_proxy$/i.test(name))) return
  const excepted = env.no_proxy ?? env.NO_PROXY
  env.no_proxy = [...(excepted ? [excepted] : []), LOOPBACK].join(',')
  if (env.no_grpc_proxy) env.no_grpc_proxy = `${env.no_grpc_proxy},${LOOPBACK}`
}

/**
 * Takes the settings of `folder`/.env into `env`, where there is such a file; what is in `env`
 * already wins. Gives a sentence for each strange name in `env`: it may be another program's. In the
 * file it cannot be, so there it is a FatalError, as a file is that cannot be read.
 */
export const loadEnvironment = (
  folder: string,
  env: NodeJS.ProcessEnv,
  known: readonly string[],
): readonly string[] => {
  const warnings = strangersIn(
    Object.keys(env).filter((name) => /^CHRONOHEX_/i.test(name)),
    known,
  )
  const file = path.join(folder, ENV_FILE)
  const settings = readEnvFile(file)
  const strangers = strangersIn(Object.keys(settings), known)
  if (strangers.length > 0) throw new FatalError(`${file}: ${strangers.join(' ')}`)
  for (const [name, value] of Object.entries(settings)) env[name] ??= value
  keepLoopbackDirect(env)
  return warnings
}
