/** Buildings of a hex that take effect on what happens there (game.md §3.8). */
import {
  type BuildingKind,
  isBuildingEffective,
} from '../../../../domain/worlds/infinite-hex-adventurers/rules/buildings.ts'
import { areaId } from '../../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { shortString } from '../../../../schemas/worlds/short-string.ts'
import type { World } from '../system.ts'

/** Whether an effective building of a kind stands in any area of a discovered hex. */
export const hasEffectiveBuilding = (world: World, hex: bigint, kind: BuildingKind): boolean => {
  const type = shortString(kind)
  const { area_count } = world.read('Hex', { coordinate: hex })
  for (let index = 0; index < area_count; index++) {
    const building = world.read('ConstructionBuildingNode', { area_id: areaId(hex, index) })
    const isHere = building.hex_coordinate === hex && building.building_type === type
    if (isHere && isBuildingEffective(building.is_active, building.condition_bp)) return true
  }
  return false
}
