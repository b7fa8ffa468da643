/**
 * @module
 */
import { TextLink } from '../parts/link-button.tsx'
import { Text } from '@mantine/core'

import { Door } from './door.tsx'

export function NotHereScene() {
  return (
    <Door title="There is no page here" width={440}>
      <Text>
        The address may be mistyped, or from another version. <TextLink to="/">Go to the overview</TextLink>.
      </Text>
    </Door>
  )
}
