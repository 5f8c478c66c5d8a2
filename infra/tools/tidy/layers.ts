/**
 * The direction of imports as data, and the check of one file against it. The whole policy is the
 * two tables; why it is so stands in ARCHITECTURE.md. It binds source files: tests and what
 * supports them may import anything.
 */

/** Which folders a folder may import from, itself aside. The longest matching prefix decides. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
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
export const PACKAGE_HOMES: Readonly<Record<string, readonly string[]>> = {
  '@electric-sql/pglite': ['infra/pglite'],
  '@electric-sql/pglite-postgis': ['infra/pglite'],
  '@eventstore/db-client': ['infra/eventstoredb'],
  '@graphql-codegen/typescript-operations': ['infra/tools/generate'],
  '@graphql-yoga/render-graphiql': ['api'],
  '@grpc/grpc-js': ['infra/eventstoredb'],
  'd3-selection': ['api/dashboard'],
  'd3-zoom': ['api/dashboard'],
  esbuild: ['api/dashboard'],
  geojson: ['projections', 'infra/postgres', 'schemas'],
  graphql: ['api', 'infra/sandbox/torii', 'infra/tools/generate'],
  'graphql-ws': ['api', 'infra/sandbox/torii'],
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

const TEST_SUPPORT = /\.(test|int\.test|e2e\.test|contract|testing|bench|soak)\.tsx?$/

/** Whether the layering binds this file, or whether it is a test or supports tests. */
export const isSource = (file: string): boolean => !TEST_SUPPORT.test(file)

/** The key of LAYERS that a path belongs to; null for a path outside all of them. */
export const layerOf = (file: string): string | null =>
  Object.keys(LAYERS)
    .filter((layer) => file === layer || file.startsWith(`${layer}/`))
    .sort((a, b) => b.length - a.length)[0] ?? null

/** `import … from`, also where it closes a list of several lines; bare imports; dynamic imports. */
const IMPORTED = [
  /^(?:import|export|\})[^'"\n]*\bfrom\s*['"]([^'"]+)['"]/gm,
  /^import\s*['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]/g,
]

/** Module specifiers that a source text imports or re-exports, types included. */
export const importsOf = (text: string): string[] =>
  IMPORTED.flatMap((pattern) => [...text.matchAll(pattern)].flatMap((match) => match[1] ?? []))

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

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

const packageFault = (file: string, specifier: string): string | null => {
  if (specifier.startsWith('node:')) {
    return layerOf(file) === 'domain' ? `domain imports nothing, but it imports ${specifier}` : null
  }
  const name = packageOf(specifier)
  const homes = PACKAGE_HOMES[name]
  if (homes === undefined) return `package ${name} has no home in infra/tools/tidy/layers.ts`
  return homes.some((home) => file === home || file.startsWith(`${home}/`))
    ? null
    : `package ${name} lives in ${homes.join(', ')}`
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
 * Everything that is wrong with the imports of one source file. `file` is its path from the
 * project's root.
 */
export const importFaults = (file: string, text: string): string[] =>
  importsOf(text).flatMap((specifier) => {
    const fault = specifier.startsWith('.')
      ? layerFault(file, resolveRelative(file, specifier))
      : packageFault(file, specifier)
    return fault === null ? [] : [`${file}: ${fault}`]
  })
