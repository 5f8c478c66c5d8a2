/** `ownership_manager` (game.md §2.5): handing over single areas. Refusals are silent. */
import type { SystemContract, World } from '../system.ts'
import { actorRefusal, readAdventurer } from './actor.ts'

/** Hands over this one area: control of the hex and the buildings do not move (quirk 19). */
const transfer = (world: World, area: bigint, to: bigint): boolean => {
  const ownership = world.read('AreaOwnership', { area_id: area })
  const from = ownership.owner_adventurer_id
  if (from === 0n || to === 0n || to === from) return false
  if (!readAdventurer(world, to).is_alive) return false
  if (actorRefusal(world, readAdventurer(world, from)) !== null) return false
  world.write(
    'AreaOwnership',
    { area_id: area },
    { ...ownership, owner_adventurer_id: to, claim_block: world.now },
  )
  world.emit('OwnershipTransferred', {
    area_id: area,
    from_adventurer_id: from,
    to_adventurer_id: to,
    claim_block: world.now,
  })
  return true
}

export const ownershipSystem: SystemContract<'ownership_manager'> = {
  entrypoints: {
    transfer_ownership: (world, args) => transfer(world, args.area_id, args.to_adventurer_id),
  },
  views: {
    get_owner: (world, args) =>
      world.read('AreaOwnership', { area_id: args.area_id }).owner_adventurer_id,
  },
}
