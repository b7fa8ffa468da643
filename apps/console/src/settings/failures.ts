/**
 * What the cloud connector settings of a group refuse.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const cloudConnectorFailure = defineFailures('CLOUD_CONNECTOR', {
  OFF: {
    says: 'The cloud connector is turned off for this organization group.',
    fix: 'Turn it on in the cloud connector settings of the group, or of the group it inherits them from.',
    retry: 'never',
    status: 409,
  },
  SERVICE_OFF: {
    says: 'The cloud connector settings of this organization group turn this enterprise service off.',
    fix: 'Route it through connectors, or direct, in the cloud connector settings.',
    retry: 'never',
    status: 409,
  },
  COMPONENT_OFF: {
    says: 'The component that asks may not use connectors in this organization group.',
    fix: 'Allow it in the cloud connector settings, under components.',
    retry: 'never',
    status: 403,
  },
  SETTINGS_ELSEWHERE: {
    says: 'The group has settings of its own for this service, and the connector that would serve it runs on those of another group.',
    fix: 'Let the group inherit the page of the service, or enroll a connector in the group.',
    retry: 'never',
    status: 409,
  },
})
