/** The dashboard's names for the parts of the API's answers that it keeps. */
import type {
  AdventurerDetailQuery,
  FeedEventFragment,
  HexChangedSubscription,
  HexDetailQuery,
  MapAdventurerFragment,
  MapHexFragment,
  OverviewQuery,
  PlaceFragment,
  PulseQuery,
  WorldEventsSubscription,
} from '../../../schemas/graphql/documents.ts'

export type HexPlace = PlaceFragment
export type MapAdventurer = MapAdventurerFragment
export type FeedEvent = FeedEventFragment
export type Meta = PulseQuery['_meta']
export type Overview = OverviewQuery['worldOverview']
export type Rate = OverviewQuery['energyMarket']['rates'][number]
export type HexMessage = HexChangedSubscription['hexChanged']
export type EventMessage = WorldEventsSubscription['worldEvents']

/** A hex as it is sent: without areas when they were not asked for. */
export type SentHex = MapHexFragment
export type MapHex = Required<SentHex>
export type MapArea = MapHex['areas'][number]
export type HexDetail = Required<HexDetailQuery['hex']>
export type AdventurerDetail = NonNullable<AdventurerDetailQuery['adventurer']>

export const hexOf = <Sent extends SentHex>(sent: Sent): Sent & MapHex => ({
  ...sent,
  areas: sent.areas ?? [],
})
