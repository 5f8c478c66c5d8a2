/**
 * The direction of imports as data, and the check of one file against it. The whole policy is the
 * three tables; why it is so stands in ARCHITECTURE.md. It binds source files: tests and what
 * supports them may import anything.
 */
import { packageOf } from './packages.ts'

/** Which folders a folder may import from, itself aside. The longest matching prefix decides. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  schemas: ['domain'],
  ingest: ['schemas', 'domain'],
  projections: ['schemas', 'domain'],
  commands: ['schemas', 'domain'],
  agents: ['schemas', 'domain'],
  'api/client': ['schemas', 'domain'],
  'api/dashboard': ['api/client', 'schemas', 'domain'],
  api: ['api/client', 'api/dashboard', 'commands', 'projections', 'schemas', 'domain'],
  infra: ['api/client', 'agents', 'ingest', 'commands', 'projections', 'schemas', 'domain'],
  'app.ts': [
    'infra',
    'api',
    'api/client',
    'api/dashboard',
    'agents',
    'ingest',
    'commands',
    'projections',
    'schemas',
    'domain',
  ],
  'main.ts': ['app.ts', 'infra', 'domain'],
}

/**
 * Packages have homes; a package that is not named here has none, and its first use has to choose
 * one.
 */
const PACKAGE_HOMES: Readonly<Record<string, readonly string[]>> = {
  '@electric-sql/pglite': ['infra/pglite'],
  '@electric-sql/pglite-postgis': ['infra/pglite'],
  '@eventstore/db-client': ['infra/eventstoredb'],
  '@graphql-codegen/typescript-operations': ['infra/tools/generate'],
  '@graphql-yoga/render-graphiql': ['api'],
  '@grpc/grpc-js': ['infra/eventstoredb'],
  'd3-selection': ['api/dashboard'],
  'd3-zoom': ['api/dashboard'],
  esbuild: ['api/dashboard'],
  graphql: ['api', 'infra/sandbox/torii', 'infra/tools/generate'],
  'graphql-ws': ['api', 'infra/sandbox/torii'],
  '@graphql-tools/executor': ['api'],
  'graphql-yoga': ['api'],
  'h3-js': ['schemas/h3.ts'],
  hyparquet: ['infra/tools/archive'],
  'hyparquet-writer': ['infra/tools/archive'],
  kysely: ['infra/postgres', 'projections'],
  'oxc-parser': ['infra/tools/measure'],
  pg: ['infra/postgres', 'infra/pglite'],
  preact: ['api/dashboard'],
  'prom-client': ['api', 'infra'],
  starknet: ['schemas/crypto/starknet.ts', 'infra'],
  vitest: ['vitest.config.ts'],
  ws: ['api', 'infra'],
  zod: ['schemas', 'infra', 'api'],
}

/** Everything else is for any game: it takes the definition of a world and names none. */
const GAME_HOMES = ['infra/sandbox', 'api/dashboard', 'app.ts']
const GAME = /(^|\/)worlds\/[\w-]+\//

const TEST_SUPPORT = /\.(test|int\.test|e2e\.test|contract|testing|bench|soak)\.tsx?$/

/** Whether the layering binds this file, or whether it is a test or supports tests. */
export const isSource = (file: string): boolean => !TEST_SUPPORT.test(file)

const isWithin = (file: string, homes: readonly string[]): boolean =>
  homes.some((home) => file === home || file.startsWith(`${home}/`))

/** The key of LAYERS that a path belongs to; null for a path outside all of them. */
const layerOf = (file: string): string | null =>
  Object.keys(LAYERS)
    .filter((layer) => isWithin(file, [layer]))
    .sort((a, b) => b.length - a.length)[0] ?? null

/**
 * Resolves a relative specifier against the importing file; both are paths from the project's root.
 */
export const resolveRelative = (file: string, specifier: string): string => {
  const parts = file.split('/').slice(0, -1)
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return parts.join('/')
}

const packageFault = (file: string, specifier: string): string | null => {
  if (specifier.startsWith('node:')) {
    return layerOf(file) === 'domain' ? `domain imports nothing, but it imports ${specifier}` : null
  }
  const name = packageOf(specifier)
  const homes = PACKAGE_HOMES[name]
  if (homes === undefined) return `package ${name} has no home in infra/tools/tidy/layers.ts`
  return isWithin(file, homes) ? null : `package ${name} lives in ${homes.join(', ')}`
}

const layerFault = (file: string, target: string): string | null => {
  const from = layerOf(file)
  const to = layerOf(target)
  if (!isSource(target)) return `source imports test support ${target}`
  if (from === null || from === to) return null
  if (to === null) return `imports ${target}, which is in no layer`
  return LAYERS[from]?.includes(to) ? null : `${from} may not import ${to} (${target})`
}

/**
 * Everything that is wrong with what one source file imports, types included. `file` is its path
 * from the project's root.
 */
export const importFaults = (file: string, specifiers: readonly string[]): string[] =>
  specifiers.flatMap((specifier) => {
    const fault = specifier.startsWith('.')
      ? layerFault(file, resolveRelative(file, specifier))
      : packageFault(file, specifier)
    return fault === null ? [] : [`${file}: ${fault}`]
  })

/** Whether a file may name a game: it is of one, or one of the few places that choose one. */
export const isGameRoom = (file: string): boolean => isWithin(file, GAME_HOMES) || GAME.test(file)

/** Whether a source names a game that has no home there. */
export const namesGame = (file: string, specifiers: readonly string[]): boolean =>
  isSource(file) &&
  !isGameRoom(file) &&
  specifiers.some((specifier) => GAME.test(resolveRelative(file, specifier)))
