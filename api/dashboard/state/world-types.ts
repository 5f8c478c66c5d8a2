/** The dashboard's names for the parts of the API's answers that it keeps. */
import type { PulseQuery } from '../../../schemas/graphql/documents.ts'
import type {
  AdventurerDetailQuery,
  FeedEventFragment,
  HexChangedSubscription,
  HexDetailQuery,
  MapAdventurerFragment,
  MapHexFragment,
  OverviewQuery,
  PlaceFragment,
  WorldEventsSubscription,
} from '../../../schemas/graphql/worlds/infinite-hex-adventurers/documents.ts'

/** A hex's packed felt and axial coordinates. */
export type HexPlace = PlaceFragment
/** An adventurer as its hex tells of it. */
export type MapAdventurer = MapAdventurerFragment
/** An event as the feed and the histories tell it. */
export type FeedEvent = FeedEventFragment
/** Which world it is, and how far the read models are. */
export type Meta = PulseQuery['_meta']
/** The figures of the strip. */
export type Overview = OverviewQuery['worldOverview']
/** What a unit of an item turns into. */
export type Rate = OverviewQuery['energyMarket']['rates'][number]
/** A message of the subscription to a sector. */
export type HexMessage = HexChangedSubscription['hexChanged']
/** A message of the subscription to the world's events. */
export type EventMessage = WorldEventsSubscription['worldEvents']

/** A hex as it is sent: without areas when they were not asked for. */
export type SentHex = MapHexFragment
/** A hex as the map keeps it. */
export type MapHex = Required<SentHex>
/** An area of a hex, with the plants that were examined. */
export type MapArea = MapHex['areas'][number]
/** An area as offers see it: who may harvest there is known once its hex was asked for alone. */
export type OfferedArea = MapArea & Partial<Pick<HexDetail['areas'][number], 'harvesterIds'>>
/** A hex as offers see it, from the map or from its card. */
export type OfferedHex = Omit<MapHex, 'areas' | 'claim'> &
  Readonly<{
    areas: readonly OfferedArea[]
    claim:
      | (NonNullable<MapHex['claim']> &
          Partial<Pick<NonNullable<HexDetail['claim']>, 'minimumDefenceEnergy'>>)
      | null
  }>
/** A hex as its card tells of it. */
export type HexDetail = Required<HexDetailQuery['hex']>
/** An adventurer as its card tells of it. */
export type AdventurerDetail = NonNullable<AdventurerDetailQuery['adventurer']>

/** A hex as it was sent, with no areas where none were asked for. */
export const hexOf = <Sent extends SentHex>(sent: Sent): Sent & MapHex => ({
  ...sent,
  areas: sent.areas ?? [],
})
