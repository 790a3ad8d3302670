import type { Metadata } from 'next'
import { WebhookList } from '@/features/admin/webhook-list'
import { requireAdmin } from '@/server/caller'
import { settings } from '@/server/settings'
import { latestWebhooks } from '@/server/webhooks'

export const metadata: Metadata = { title: 'Webhooks' }

export default async function WebhooksPage() {
  await requireAdmin()
  return (
    <div className="page">
      <header>
        <div>
          <h1>Webhooks</h1>
          <p>What the sidecar told this app, as it comes: the latest hundred.</p>
        </div>
      </header>
      <WebhookList first={await latestWebhooks()} isSetUp={settings().webhookSecret !== ''} />
    </div>
  )
}
