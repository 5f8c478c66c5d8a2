/** What the checks of this folder let pass, each with its reason. */

export type Reasons = Readonly<Record<string, string>>

/** Functions that take five or more arguments by their place, by `file#name`. */
export const POSITIONAL: Reasons = {
  'api/http/graphql-socket.ts#onOperation': 'graphql-ws calls it so',
}

/** Tests and their support that let time pass. */
export const SLEEPING: Reasons = {
  'infra/tools/bench/readers.bench.ts': 'clients that were refused come again after a second',
  'infra/tools/bench/watched-system.testing.ts': 'blocks come at a steady rate',
  'infra/agents/lockstep.testing.ts': 'asks the API for its head until it has moved',
  'infra/eventstoredb/double-appends.testing.ts': 'plays how long the server waits for a write',
  'infra/tools/soak/kill.soak.ts': 'looks whether another process has written its file',
  'infra/tools/soak/slow-clients.soak.ts':
    'measures another process each second, for as long as clients may stall',
}

/** Exports that a file takes by a name which it puts together. */
export const TAKEN_BY_NAME: Reasons = {
  'infra/tools/bench/generate.bench.ts#measure': 'bench.ts imports <name>.bench.ts',
  'infra/tools/bench/log.bench.ts#measure': 'bench.ts imports <name>.bench.ts',
  'infra/tools/bench/project.bench.ts#measure': 'bench.ts imports <name>.bench.ts',
  'infra/tools/bench/readers.bench.ts#measure': 'bench.ts imports <name>.bench.ts',
}

const OWN_RULE = 'a rule inside its file with cases of its own'
const PUBLISHED = 'a formula of game.md §3 with published numbers of its own'
const RELEASED = 'compared with the definitions that were released'

/** Exports of sources that only tests use, by `file#name`, or by the folder of all of them. */
export const EXPORTS_FOR_TESTS: Reasons = {
  'agents/runner.ts#runPlayers': OWN_RULE,
  'api/graphql/json-text.ts#jsonText': OWN_RULE,
  'agents/worlds/infinite-hex-adventurers/bots.ts#createBots': 'tests play other strategies',
  'api/dashboard/format/search.ts#hexIn': OWN_RULE,
  'api/dashboard/map/sectors.ts#sectorOf': OWN_RULE,
  'api/dashboard/map/texel-field.ts#texelAt': OWN_RULE,
  'api/graphql/worlds/infinite-hex-adventurers': 'sources whose changes tests follow',
  'commands/submit.ts#offeredEntrypoints': OWN_RULE,
  'domain/hex.ts#addCube': OWN_RULE,
  'domain/worlds/infinite-hex-adventurers/rules/claim.ts#minimumClaim': PUBLISHED,
  'domain/worlds/infinite-hex-adventurers/rules/conversion.ts#penalisedRate': PUBLISHED,
  'domain/worlds/infinite-hex-adventurers/rules/decay.ts#periodsToClaimable': PUBLISHED,
  'domain/worlds/infinite-hex-adventurers/rules/decay.ts#recoveryOf': PUBLISHED,
  'domain/worlds/infinite-hex-adventurers/rules/mining.ts#blocksToSettle': PUBLISHED,
  'domain/worlds/infinite-hex-adventurers/rules/mining.ts#stressDelta': PUBLISHED,
  'domain/worlds/infinite-hex-adventurers/rules/mining.ts#tickYield': PUBLISHED,
  'infra/eventstoredb/client-errors.ts#classifiedEventStoreError': OWN_RULE,
  'infra/postgres/read-models/projection-store.ts#tableNames':
    'tests compare the contents of all tables',
  'infra/postgres/read-models/schema.ts#coreDefinition': RELEASED,
  'infra/postgres/read-models/schema.ts#dropReadModels': 'benchmarks begin anew with it',
  'infra/postgres/read-models/schema.ts#projectionDefinition': RELEASED,
  'infra/sandbox/torii/ids.ts#blockIdPrefix': OWN_RULE,
  'infra/tools/archive/checksum.ts#canonicalJson': OWN_RULE,
  'infra/tools/generate/generated-files.ts#schemaOfWorld': OWN_RULE,
  'infra/tools/measure/measured-files.ts#trackedFiles': 'infra/tools/tidy reads them',
  'infra/tools/tidy': 'the checks run as tests',
  'ingest/ingester.ts#brokenLink': OWN_RULE,
  'ingest/sources/block-ranges.ts#nextRangeBlocks': OWN_RULE,
  'projections/engine/entry-batch.ts': OWN_RULE,
  'projections/engine/store-batch.ts#foldBatch': OWN_RULE,
  'projections/worlds/infinite-hex-adventurers': 'the world in memory shares it',
  'schemas/crypto/hades.ts#hadesPermutation': 'its other two outputs are held to the definition',
  'schemas/h3.ts#cellOfCube': OWN_RULE,
  'schemas/h3.ts#cubeOfCell': 'the way back, by which the embedding is tested',
  'schemas/worlds/encode.ts#WorldEncoder': 'the way back, by which decoding is tested',
  'schemas/worlds/encode.ts#createWorldEncoder': 'the way back, by which decoding is tested',
}

/** Keys of a list of reasons that nothing needs any more. */
export const unneeded = (list: Reasons, isNeeded: (key: string) => boolean): string[] =>
  Object.keys(list)
    .filter((key) => !isNeeded(key))
    .map((key) => `exceptions.ts need not name ${key} any more`)
