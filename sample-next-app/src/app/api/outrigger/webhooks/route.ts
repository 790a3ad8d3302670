import { handleWebhooks } from '@outrigger/client/server'
import { decide } from '@/server/market/decide'
import { answer, forAdmins } from '@/server/request'
import { settings } from '@/server/settings'
import { keepWebhook, latestWebhooks } from '@/server/webhooks'

/** What the sidecar tells; each is verified, and noted once. */
export const POST = handleWebhooks({
  secret: () => settings().webhookSecret,
  on: {
    'user.connected': keepWebhook,
    'user.disconnected': keepWebhook,
    'message.stored': keepWebhook,
    'message.delivered': keepWebhook,
    'message.read': keepWebhook,
    'message.missed': keepWebhook,
    'notification.missed': keepWebhook,
    'client.event': async (webhook) => {
      await decide(webhook)
      await keepWebhook(webhook)
    },
  },
})

/** The latest, for admins. */
export const GET = forAdmins(async () => answer(await latestWebhooks()))
