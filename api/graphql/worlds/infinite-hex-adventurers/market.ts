/** The energy market: what items are worth, and how their prices moved. */
import type { Felt } from '../../../../domain/felt.ts'
import type {
  EnergyMarket,
  RateBucket,
} from '../../../../schemas/graphql/worlds/infinite-hex-adventurers/types.ts'
import { pageSize } from '../../connection.ts'
import type { AtArgument, GameResolver } from './game-resolver.ts'

const RATES_MAX = 100

export const energyMarket: GameResolver<object, EnergyMarket> = async (
  _root,
  _args,
  { reads, spend },
  info,
) => {
  spend({ rows: RATES_MAX, lookUps: RATES_MAX }, info)
  return { rates: await reads.conversionRates(RATES_MAX) }
}

type SeriesArguments = AtArgument &
  Readonly<{ itemId: Felt; first?: number | null; beforeBlock?: number | null }>

export const rateSeries: GameResolver<SeriesArguments, readonly RateBucket[]> = async (
  _root,
  { itemId, first, beforeBlock, at },
  context,
  info,
) => {
  const limit = pageSize(first)
  context.spend({ rows: limit, lookUps: limit }, info)
  const query = { item: itemId, beforeBlock: beforeBlock ?? null, limit }
  return context.reads.rateSeries(query, await context.pointAt(at))
}
