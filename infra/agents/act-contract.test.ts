import { describeActOverLine } from '../../agents/act.contract.ts'
import { createTestApi, GRAPHQL_URL, OPERATOR_TOKEN } from '../../api/api.testing.ts'
import { createClient } from '../../api/client/client.ts'
import { createFakeChain, WORLD_STREAM } from '../../commands/fake-chain.testing.ts'
import { createPendingCommands } from '../../commands/pending.ts'
import { runCommands } from '../../commands/runner.ts'
import { createCommandGate } from '../../commands/submit.ts'
import type { Felt } from '../../domain/felt.ts'
import { ORIGIN, packHex } from '../../domain/hex.ts'
import { infiniteHexAdventurers } from '../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { createMemoryEventLog } from '../memory/event-log.testing.ts'
import { createFailingLine } from './failing-line.testing.ts'
import { createGraphqlActor } from './graphql-actor.ts'

const ACCOUNTS: readonly [Felt, Felt] = ['0xa', '0xb']
const PENDING_MAX = 10
const hex = packHex(ORIGIN) ?? '0x0'

/** The write side behind the API, on a chain that makes blocks when told. */
describeActOverLine('the GraphQL actor', async () => {
  const log = createMemoryEventLog()
  const chain = createFakeChain(log, ACCOUNTS)
  const pending = createPendingCommands(PENDING_MAX)
  const shared = { log, definition: infiniteHexAdventurers, pending }
  const stop = new AbortController()
  const running = runCommands(
    {
      ...shared,
      worldStream: WORLD_STREAM,
      sender: chain.sender,
      heads: chain.heads,
      random: () => 0,
      outage: { onRetry: () => {}, onRecovered: () => {} },
    },
    stop.signal,
  )
  const gate = createCommandGate({
    ...shared,
    accounts: ACCOUNTS,
    places: pending.places,
    newId: () => crypto.randomUUID(),
  })
  const { api } = createTestApi({ gate })
  const line = createFailingLine(api.fetch)
  const client = createClient({ url: GRAPHQL_URL, token: OPERATOR_TOKEN, fetch: line.fetch })
  return {
    ...line,
    act: createGraphqlActor(client, () => 0),
    accounts: ACCOUNTS,
    accepted: {
      entrypoint: 'move_adventurer',
      args: { adventurer_id: '0x1', to_hex_coordinate: hex },
    },
    refused: {
      action: { entrypoint: 'discover_hex', args: { adventurer_id: '0x1', hex_coordinate: hex } },
      reason: 'LOW_ENERGY',
    },
    untaken: { action: { entrypoint: 'move_adventurer', args: {} }, reason: 'BAD_ARGUMENT' },
    makeBlock: chain.produceBlock,
    happened: () => chain.executed().map(({ entrypoint }) => entrypoint),
    close: async () => {
      stop.abort()
      await running
      await api.close()
      await log.close()
    },
  }
})
