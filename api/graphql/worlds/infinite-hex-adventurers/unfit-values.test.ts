import { describe, expect, it } from 'vitest'
import {
  type Members,
  type MemberValue,
  type WorldDefinition,
  wireTypeOf,
} from '../../../../domain/worlds/definition.ts'
import { infiniteHexAdventurers } from '../../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { modelTables } from '../../../../projections/worlds/infinite-hex-adventurers/model-tables.testing.ts'
import {
  adventurerWritten,
  written,
} from '../../../../projections/worlds/infinite-hex-adventurers/world-facts.testing.ts'
import type { TypedDocument } from '../../../../schemas/graphql/typed-document.ts'
import { ask, createSmallWorld, createTestApi, GRAPHQL_URL } from '../../../api.testing.ts'
import { createClient } from '../../../client/client.ts'
import type { Variables } from '../../../client/transport.ts'
import { serveApi } from '../../../http/server.ts'
import type { Warning } from '../../fitting.ts'
import { hexAt } from './watched-world.testing.ts'

const U64_MAX = String(2n ** 64n - 1n)
const FIRST_UNFIT = String(2n ** 53n)

/** A rate that the chain can hold, and the API cannot show. */
const rateAt = (item: string, block: string) =>
  written(
    'ConversionRate',
    { item_type: item },
    { current_rate: 10, base_rate: 10, last_update_block: block },
  )

const RATES = '{ energyMarket { rates { itemId baseRate lastConversionBlock } } }'

describe('a value that does not fit its type', () => {
  it('is null, is named by row and field, and costs no other row', async () => {
    const world = createSmallWorld()
    world.addBlock(rateAt('0x1', '2'), rateAt('0x2', FIRST_UNFIT), rateAt('0x3', U64_MAX))
    const { api, reported } = createTestApi({}, world)
    const { status, data, codes, text } = await ask(api, RATES)
    expect([status, codes, reported]).toEqual([200, [], []])
    const { rates } = (data as unknown as { energyMarket: { rates: { itemId: string }[] } })
      .energyMarket
    const byItem = Object.fromEntries(rates.map((rate) => [rate.itemId, rate]))
    expect(byItem).toEqual({
      '0x1': { itemId: '0x1', baseRate: 10, lastConversionBlock: 2 },
      '0x2': { itemId: '0x2', baseRate: 10, lastConversionBlock: null },
      '0x3': { itemId: '0x3', baseRate: 10, lastConversionBlock: null },
    })
    const { warnings } = JSON.parse(text).extensions
    expect(warnings).toHaveLength(2)
    for (const { row, path, message, ...warning } of warnings) {
      expect(warning).toEqual({
        code: 'VALUE_DOES_NOT_FIT',
        type: 'ConversionRate',
        field: 'lastConversionBlock',
      })
      expect(path).toEqual([
        'energyMarket',
        'rates',
        rates.findIndex(({ itemId }) => itemId === row),
        'lastConversionBlock',
      ])
      expect(message).toContain(`ConversionRate ${row}: lastConversionBlock is`)
    }
    await api.close()
  })

  it('is said of each answer alone, and of the alias under which it was asked', async () => {
    const world = createSmallWorld()
    world.addBlock(rateAt('0x2', U64_MAX))
    const { api } = createTestApi({}, world)
    const aliased = await ask(api, '{ a: energyMarket { b: rates { c: lastConversionBlock } } }')
    expect(JSON.parse(aliased.text).extensions.warnings[0].path).toEqual(['a', 'b', 0, 'c'])
    expect((await ask(api, '{ _meta { lag } }')).text).toBe('{"data":{"_meta":{"lag":0}}}')
    await api.close()
  })

  it('is the nearest one that fits where the schema promises one', async () => {
    const world = createSmallWorld()
    const overview = async () => ({
      ...(await world.reads.overview()),
      hexesDiscovered: 2 ** 40,
      adventurers: -(2 ** 40),
    })
    const meta = async () => ({
      ...(await world.reads.meta()),
      block: { number: 2 ** 60, hash: '0x5' as const, time: new Date(Number.NaN) },
    })
    const { api, reported } = createTestApi({ reads: { ...world.reads, overview, meta } }, world)
    const query =
      '{ worldOverview { hexesDiscovered adventurers } _meta { block { number time } } }'
    const { data, codes, text } = await ask(api, query)
    expect([codes, reported]).toEqual([[], []])
    expect(data).toEqual({
      worldOverview: { hexesDiscovered: 2 ** 31 - 1, adventurers: -(2 ** 31) },
      _meta: { block: { number: Number.MAX_SAFE_INTEGER, time: '+275760-09-13T00:00:00.000Z' } },
    })
    const { warnings } = JSON.parse(text).extensions
    expect(Object.fromEntries(warnings.map(({ field, row }: Warning) => [field, row]))).toEqual({
      hexesDiscovered: null,
      adventurers: null,
      number: '0x5',
      time: '0x5',
    })
    await api.close()
  })

  it('is said up to a bound', async () => {
    const world = createSmallWorld()
    world.addBlock(...Array.from({ length: 100 }, (_, at) => rateAt(`0x${at + 1}`, U64_MAX)))
    const { api } = createTestApi({}, world)
    const both = '{ rates { lastConversionBlock } }'
    const { text } = await ask(api, `{ a: energyMarket ${both} b: energyMarket ${both} }`)
    const { warnings, moreWarnings } = JSON.parse(text).extensions
    expect([warnings.length, moreWarnings]).toEqual([100, 100])
    await api.close()
  })
})

type Heard = Readonly<{ marketChanged: { nodes?: unknown; node?: unknown } }>

const QUERY =
  'subscription { marketChanged { __typename ... on ConversionRateSnapshot { nodes { itemId lastConversionBlock } } ... on ConversionRateUpsert { node { itemId lastConversionBlock } } } }' as TypedDocument<
    Heard,
    Variables
  >

describe('a subscription', () => {
  it('goes on past such a value, over both transports', async () => {
    const world = createSmallWorld()
    world.addBlock(rateAt('0x2', U64_MAX))
    const { api, reported } = createTestApi({}, world)
    const server = await serveApi(api, { port: 0 })
    const overSocket = createClient({ url: server.graphqlUrl })
    const overEvents = createClient({ url: GRAPHQL_URL, fetch: api.fetch })
    for (const [client, upserted] of [
      [overSocket, '0x4'],
      [overEvents, '0x5'],
    ] as const) {
      const heard: unknown[] = []
      for await (const { marketChanged } of client.subscribe(QUERY, {})) {
        heard.push(marketChanged.nodes ?? marketChanged.node)
        if (heard.length === 2) break
        world.addBlock(rateAt(upserted, U64_MAX))
      }
      expect(heard).toEqual([
        expect.arrayContaining([{ itemId: '0x2', lastConversionBlock: null }]),
        { itemId: upserted, lastConversionBlock: null },
      ])
    }
    expect(reported).toEqual([])
    await overSocket.close()
    await overEvents.close()
    await server.close()
  })

  it('names it in the message, as one text for all of its readers', async () => {
    const world = createSmallWorld()
    world.addBlock(rateAt('0x2', U64_MAX))
    const { api } = createTestApi({}, world)
    const stop = new AbortController()
    const messages = await Promise.all(
      [1, 2].map(async () => {
        const response = await api.fetch(
          new Request(`${GRAPHQL_URL}?query=${encodeURIComponent(QUERY)}`, {
            headers: { accept: 'text/event-stream' },
            signal: stop.signal,
          }),
        )
        const decoder = new TextDecoder()
        let text = ''
        for await (const chunk of response.body ?? []) {
          text += decoder.decode(chunk, { stream: true })
          const message = /^data: (.+)$/m.exec(text)?.[1]
          if (message !== undefined) return JSON.parse(message)
        }
        throw new Error('the stream ended')
      }),
    )
    for (const { extensions } of messages)
      expect(extensions.warnings).toMatchObject([{ row: '0x2', field: 'lastConversionBlock' }])
    stop.abort()
    await api.close()
  })
})

/** The largest value that a contract can write into a member. */
const largest = (type: Members[string]): MemberValue => {
  if (type === 'hex') return hexAt(0, 0)
  const enums: WorldDefinition['enums'] = infiniteHexAdventurers.enums
  const variants = enums[type]
  if (variants !== undefined)
    return variants.includes('Active') ? 'Active' : (variants.at(-1) ?? null)
  const wireType = wireTypeOf(type)
  switch (wireType) {
    case 'bool':
      return true
    case 'felt':
    case 'address':
      return '0x1'
    case 'u64':
    case 'u128':
      return String(2n ** BigInt(wireType.slice(1)) - 1n)
    default:
      return 2 ** Number(wireType.slice(1)) - 1
  }
}

describe('rows full of the largest values that a contract can write', () => {
  it('are answered whole', async () => {
    const world = createSmallWorld()
    const all = (members: Members) =>
      Object.fromEntries(Object.entries(members).map(([name, type]) => [name, largest(type)]))
    const facts = modelTables
      .flatMap(({ parts }) => parts)
      .map(({ model }) => {
        const { keys, values } = infiniteHexAdventurers.models[model as 'Hex'] // one of them
        return written(model, all(keys), all(values))
      })
    world.addBlock(
      ...facts,
      adventurerWritten('0x1', hexAt(0, 0), { activity_locked_until: U64_MAX }),
    )
    const { api, reported } = createTestApi({}, world)
    const { codes, data, text } = await ask(
      api,
      `{ hex(coordinate: { q: 0, r: 0 }) {
           discoveryBlock areaCount
           areas { index quality plantSlots claimBlock plants { slot currentYield reservedYield maxYield availableYield regrowthRate health stress lastHarvestBlock } }
           decay { energyReserve level projectedLevel lastPaymentBlock lastProcessedBlock claimableSinceBlock upkeepPer100Blocks minimumClaimEnergy immediateClaimBlock }
           claim { energyLocked createdBlock expiryBlock }
           adventurers { energy effectiveEnergy maxEnergy lockedUntilBlock death { block }
             economics { totalEnergySpent totalEnergyEarned lastRegenBlock }
             inventory { weight maxWeight items { quantity quality weightPerUnit } }
             reservations { plantSlot amount createdBlock readyBlock } } }
         energyMarket { rates { baseRate effectiveRate unitsInWindow penaltyBp lastConversionBlock } }
         rateSeries(itemId: "0x1") { firstBlock lastBlock open high low close writes }
         worldOverview { energyHeld energyInReserves } territories { area borderLength } }`,
    )
    expect([codes, reported]).toEqual([[], []])
    expect(data?.hex).toMatchObject({ decay: { lastProcessedBlock: null }, areas: [{}] })
    expect(data?.energyMarket).toMatchObject({ rates: [{ lastConversionBlock: null }] })
    const { warnings } = JSON.parse(text).extensions
    for (const { message } of warnings) expect(message).toContain('shown as null')
    // Nothing but stored blocks is larger than its type.
    const fields = new Set(warnings.map(({ type, field }: Warning) => `${type}.${field}`))
    expect([...fields].sort()).toEqual([
      'AdventurerEconomics.lastRegenBlock',
      'Area.claimBlock',
      'Claim.createdBlock',
      'Claim.expiryBlock',
      'ConversionRate.lastConversionBlock',
      'Death.block',
      'Decay.claimableSinceBlock',
      'Decay.immediateClaimBlock',
      'Decay.lastPaymentBlock',
      'Decay.lastProcessedBlock',
      'Hex.discoveryBlock',
      'Plant.lastHarvestBlock',
      'Reservation.createdBlock',
      'Reservation.readyBlock',
    ])
    await api.close()
  })
})
