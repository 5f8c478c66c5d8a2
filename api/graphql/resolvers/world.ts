/** The world as a whole: where its read models stand, its numbers, and its energy market. */
import type {
  ConversionRateView,
  MetaView,
  WorldOverviewView,
} from '../../../projections/world-reads.ts'
import type { Resolver } from './resolver.ts'

const RATES_MAX = 100

export const meta: Resolver<object, MetaView> = (_root, _args, { reads }) => reads.meta()

export const worldOverview: Resolver<object, WorldOverviewView> = (_root, _args, { reads }) =>
  reads.overview()

export const energyMarket: Resolver<
  object,
  Readonly<{ rates: readonly ConversionRateView[] }>
> = async (_root, _args, { reads }) => ({ rates: await reads.conversionRates(RATES_MAX) })
