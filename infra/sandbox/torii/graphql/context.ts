/**
 * What resolvers work with: the index, the rest of the request's budget, and the changes to come.
 */
import type { ChangeBroker } from '../change-broker.ts'
import type { IndexReader } from '../index-reader.ts'
import type { ToriiDefects } from '../options.ts'
import type { Budget } from './budget.ts'

export type ToriiContext = Readonly<{
  reader: IndexReader
  budget: Budget
  broker: ChangeBroker
  defects: ToriiDefects
}>
