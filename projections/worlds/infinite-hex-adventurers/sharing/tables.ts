/** Who may use what belongs to others: policies on resources, and access granted under them. */
import { gameTable, type Row } from '../game-table.ts'

export const resourcePolicies = gameTable('resource_policies', {
  models: { ResourcePolicy: {} },
  lookup: 'resource_key',
})

export const resourceGrants = gameTable('resource_grants', {
  models: { ResourceAccessGrant: {} },
  lookup: 'resource_key',
})

export type PolicyRow = Row<typeof resourcePolicies>
export type GrantRow = Row<typeof resourceGrants>
