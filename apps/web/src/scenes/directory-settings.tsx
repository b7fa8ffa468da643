/**
 * The settings of the directory service.
 *
 * @module
 */
import { getRouteApi } from '@tanstack/react-router'
import { DirectoryForm } from '../directory/directory-form.tsx'
import { DirectoryPage } from '../directory/directory-page.tsx'
import { ServiceSettingsView } from '../services/service-settings-view.tsx'

const route = getRouteApi('/shell/groups/$group')

export function DirectorySettingsScene() {
  const { group } = route.useParams()
  return (
    <DirectoryPage group={group} says="How the connectors of this group reach the directory, and what they read there.">
      <ServiceSettingsView
        group={group}
        service="directory"
        what="the directory"
        says="The directory is not reached any more, here and in groups that inherit these settings. What was set in this group is erased, the bind password included."
      >
        {(service) => <DirectoryForm key={group} group={group} service={service} />}
      </ServiceSettingsView>
    </DirectoryPage>
  )
}
