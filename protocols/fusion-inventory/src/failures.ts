/**
 * What can be wrong with what an inventory agent sends.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const fusionFailure = defineFailures('INVENTORY_AGENT', {
  UNREADABLE: {
    says: 'What the inventory agent sent cannot be read.',
    fix: 'Check that the address is given to a FusionInventory, GLPI or OCS agent; the details say what was expected.',
    retry: 'never',
    status: 400,
  },
  TOO_LARGE: {
    says: 'The inventory is larger than any honest one, or unpacks to more.',
    fix: 'Leave categories out on the agent (no-category = software,process,environment); only the hardware is needed here.',
    retry: 'never',
    status: 413,
  },
  UNSUPPORTED: {
    says: 'The inventory agent asks for something that is not offered here.',
    fix: 'Run its inventory task only: tasks = inventory.',
    retry: 'never',
    status: 400,
  },
})
