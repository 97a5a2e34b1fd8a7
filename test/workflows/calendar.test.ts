import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { daysInMs, endOfDayAfter, eventTime, isTimeZone, localTime } from '../../workflows/kernel/index.js';

const hour = 3_600_000;

describe('Days counted in a time zone', () => {
  it('end with the local day, not with the day of UTC', () => {
    expect(endOfDayAfter('2026-01-10T16:00:00.000Z', 1, 'Asia/Tokyo')).toBe('2026-01-12T15:00:00.000Z');
    expect(endOfDayAfter('2026-01-10T16:00:00.000Z', 1, 'UTC')).toBe('2026-01-12T00:00:00.000Z');
    expect(endOfDayAfter('2026-01-10T03:00:00.000Z', 1, 'America/New_York')).toBe('2026-01-11T05:00:00.000Z');
  });

  it('never count the day on which they begin', () => {
    expect(endOfDayAfter('2026-01-10T00:00:00.000Z', 0, 'UTC')).toBe('2026-01-11T00:00:00.000Z');
    expect(endOfDayAfter('2026-01-10T23:59:59.999Z', 1, 'UTC')).toBe('2026-01-12T00:00:00.000Z');
  });

  it('follow the clock over both of its changes', () => {
    // New York, 2026: forward on 8 March, back on 1 November.
    expect(endOfDayAfter('2026-03-07T12:00:00.000Z', 0, 'America/New_York')).toBe('2026-03-08T05:00:00.000Z');
    expect(endOfDayAfter('2026-03-07T12:00:00.000Z', 1, 'America/New_York')).toBe('2026-03-09T04:00:00.000Z');
    expect(endOfDayAfter('2026-10-31T12:00:00.000Z', 0, 'America/New_York')).toBe('2026-11-01T04:00:00.000Z');
    expect(endOfDayAfter('2026-10-31T12:00:00.000Z', 1, 'America/New_York')).toBe('2026-11-02T05:00:00.000Z');
    const length = (at: string) => daysInMs(at, 1, 'Europe/London') - daysInMs(at, 1, 'UTC');
    expect([length('2026-03-28T12:00:00.000Z'), length('2026-10-24T00:00:00.000Z')]).toEqual([-hour, 0]);
  });

  it('end at the first instant of the next day where the clock skips midnight', () => {
    // Cairo, 2026-04-24: 00:00 does not exist, the day begins at 01:00.
    expect(endOfDayAfter('2026-04-22T12:00:00.000Z', 1, 'Africa/Cairo')).toBe('2026-04-23T22:00:00.000Z');
    expect(localTime('2026-04-23T22:00:00.000Z', 'Africa/Cairo')).toBe('2026-04-24 01:00 (Africa/Cairo)');
  });

  it('reach over the end of February and the date line', () => {
    expect(endOfDayAfter('2028-02-27T12:00:00.000Z', 2, 'UTC')).toBe('2028-03-01T00:00:00.000Z');
    expect(endOfDayAfter('2026-06-01T11:00:00.000Z', 0, 'Pacific/Auckland')).toBe('2026-06-01T12:00:00.000Z');
  });

  it('are always given in full, and at most one day more', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2020-01-01T00:00:00Z'), max: new Date('2040-01-01T00:00:00Z'), noInvalidDate: true }),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom(
          'Asia/Shanghai',
          'Asia/Tokyo',
          'Europe/Berlin',
          'America/New_York',
          'Africa/Cairo',
          'Pacific/Apia',
          'Asia/Kolkata',
        ),
        (date, days, zone) => {
          const ms = daysInMs(date.toISOString(), days, zone);
          return ms > days * 24 * hour - hour - 1 && ms <= (days + 1) * 24 * hour + hour;
        },
      ),
      { numRuns: 300, seed: 2026 },
    );
  });

  it('are no time at all when there are none', () => {
    expect(daysInMs('2026-01-10T16:00:00.000Z', 0, 'Asia/Tokyo')).toBe(0);
  });
});

describe('Time in a machine', () => {
  it('comes from the event, or from the input of the first step', () => {
    expect(eventTime({ type: 'STEP', at: '2026-01-01T00:00:00.000Z' })).toBe('2026-01-01T00:00:00.000Z');
    expect(eventTime({ type: 'xstate.init', input: { at: '2026-01-02T00:00:00.000Z' } })).toBe('2026-01-02T00:00:00.000Z');
    expect(() => eventTime({ type: 'STEP' })).toThrow('without a time');
  });

  it('knows which time zones exist', () => {
    expect([isTimeZone('Asia/Tokyo'), isTimeZone('Mars/Olympus')]).toEqual([true, false]);
  });
});
