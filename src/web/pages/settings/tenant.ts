/** The tenant's own settings: name, time zone, addresses, when events end and reopen, whose tags count. */
import { LONGEST_WITH_REPLIES, takesReplyToken, withDetail } from '../../../accounts/mail-address.ts';
import { listAddresses } from '../../../accounts/tenants.ts';
import { listTimeZones } from '../../../kernel/calendar.ts';
import { page } from '../../page.ts';
import { presentForm, presentOptions } from '../../presenters/form.ts';
import { settingsTabs } from './tabs.ts';

const PATH = '/settings/tenant';

export const tenantPage = page({
  path: PATH,
  permission: 'administer',
  load: async ({ tx, tenant, role, flash }) => {
    const form = presentForm(flash, 'tenant', {
      name: tenant.name,
      timeZone: tenant.timeZone,
      reopenWindowMinutes: tenant.reopenWindowMinutes,
      infoQuietMinutes: tenant.infoQuietMinutes,
      noticeLimit: tenant.noticeLimit,
      recoveryCompletes: tenant.recoveryCompletes,
      tagSenders: tenant.tagSenders?.join('\n') ?? '',
      replyStyle: tenant.replyStyle,
      needsMailToken: tenant.needsMailToken,
    });
    const addresses = await listAddresses(tx, tenant.id);
    const replyAddress = addresses.find(takesReplyToken) ?? addresses[0] ?? 'the address';
    return {
      view: 'settings/tenant',
      title: 'Tenant',
      data: {
        tabs: settingsTabs(role, PATH),
        form,
        slug: tenant.slug,
        timeZones: listTimeZones(),
        recovery: presentOptions(
          [
            ['true', 'complete the event'],
            ['false', 'leave it to people'],
          ],
          form.recoveryCompletes.value,
        ),
        replyStyles: presentOptions(
          [
            ['token', `+token of ${replyAddress}`],
            ['plain', `as it is: ${replyAddress}`],
            ['none', 'nowhere: nobody reads them'],
          ],
          form.replyStyle.value,
        ),
        replyHint: takesReplyToken(replyAddress)
          ? 'as it is: where your mail server takes no +detail'
          : `as it is in any case: with more than ${LONGEST_WITH_REPLIES} characters before its @ it is too long for a token`,
        addresses,
        secretAddress: withDetail(addresses[0] ?? '', tenant.mailToken),
        doors: presentOptions(
          [
            ['false', 'is taken, with any +detail'],
            ['true', 'is refused: only the secret address'],
          ],
          form.needsMailToken.value,
        ),
        // The last one stays: without an address no mail comes by SMTP.
        mayRemoveAddress: addresses.length > 1,
        addressForm: presentForm(flash, 'address', { address: '' }),
      },
    };
  },
});
