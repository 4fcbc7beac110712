/**
 * Verifies and makes webhook signatures, and reads what a provider says about an event.
 *
 * <p>No dependency but the JDK, so that any Java service can use it without Boathook.
 *
 * <p>Start at {@link Providers}: it gives a {@link Provider} by name, which makes a {@link
 * Verifier} or {@link Signer} from secrets and turns a {@link WebhookRequest} into a {@link
 * Reading}. Behind it:
 *
 * <ul>
 *   <li>The catalogue: {@code Catalogue} names all providers; each is a {@code Definition} in the
 *       class of its group: {@code Payments}, {@code Commerce}, {@code Logistics}, {@code
 *       Communication}, {@code Trading}, {@code Development}, {@code Business}, {@code Office} and
 *       {@code Generic}.
 *   <li>Schemes: a {@code Scheme} is how a request is proven. Most are a {@code SignatureScheme};
 *       {@code TokenScheme} and {@code JwtScheme} sign nothing; {@code SchemeChoice} and {@code
 *       Scheme.Around} put several together.
 *   <li>The parts of a signature, which {@code SignatureBuilder} joins: {@code SignatureHeader}
 *       (where it stands), {@code SignedText} (what it covers), {@code TimeRule}, {@code Algorithm}
 *       and {@code Encoding}.
 *   <li>Facts of an event: a {@code Field} is where one stands, {@code EnvelopeRule} reads them
 *       all, a {@code Split} takes a body with several events apart, a {@code HandshakeRule}
 *       answers tests of the address.
 *   <li>Readers of bodies: {@code JsonScanner}, {@code XmlScanner}, {@code FormFields}, {@code
 *       Query}. They build no tree, and what anybody sends is bounded.
 *   <li>Keys: {@code Secrets} checks those that we are given; {@link RemoteKeys} fetches those that
 *       a provider publishes; {@code PemKeys}, {@code Jwks} and {@code Certificates} read them.
 *   <li>Settings: {@code Settings} reads what a provider must be told beside the secret, {@code
 *       EventSettings}, {@code HmacSettings} and {@code ProofSettings} what several of them share.
 * </ul>
 */
@org.jspecify.annotations.NullMarked
package dev.boathook.signatures;
