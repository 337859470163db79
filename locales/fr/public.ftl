public-nav-manage = Gérer ma réservation
public-nav-legal = Mentions légales
public-nav-terms = Conditions
public-nav-privacy = Confidentialité

public-steps = Étapes de la réservation
public-step = { $step ->
    [service] Prestation
    [staff] Professionnel
    [time] Créneau
   *[details] Coordonnées
}
public-summary = Votre rendez-vous
public-total = Total
public-at-customer = chez vous
public-each = Par rendez-vous
public-policy = { $kind ->
    [never] Pour annuler, contactez-nous
    [late] Annulation gratuite jusqu’à { $span } avant, puis { $fee } sont dus
    [until] Annulation en ligne, sans frais, jusqu’à { $span } avant
   *[free] Annulation en ligne, sans frais
}
public-closed-title = Les réservations en ligne sont fermées pour le moment
public-closed = { $tenant } ne prend plus de rendez-vous en ligne ces jours-ci. Revenez bientôt, ou prenez contact directement.

public-home-title = { $tenant } : réserver en ligne
public-home-description = Prenez rendez-vous chez { $tenant } en une minute : prestations, prix et créneaux libres, à toute heure et sans créer de compte.
public-cover-alt = Une vue de { $tenant }
public-home-book = Prendre rendez-vous
public-home-open-today = Aujourd’hui :
public-home-closed-today = Fermé aujourd’hui
public-home-closed = Fermé
public-home-today = aujourd’hui
public-home-closure = Fermé { $dates }
public-home-services = Prestations
public-home-categories = Catégories
public-home-team = L’équipe
public-home-hours = Horaires
public-home-contact = Adresse et contact
public-home-map = Voir sur la carte
public-home-website = Site web
public-home-from = dès { $price }
public-home-online = Réservation immédiate
public-home-empty-title = Bientôt ouvert
public-home-empty = Aucune prestation n’est encore ouverte à la réservation. Revenez dans quelques jours.

public-services-title = Choisissez une prestation
public-services-other = Autres prestations
public-staff-title = Avec qui ?
public-staff-anybody = Sans préférence
public-staff-free = Libre { $when }
public-staff-full = Complet ces prochaines semaines

public-time-title = Choisissez un créneau
public-time-earlier = Semaines précédentes
public-time-later = Semaines suivantes
public-time-day = { $date }, { $count ->
    [one] { $count } créneau
   *[other] { $count } créneaux
}
public-time-count = { $count ->
    [0] complet
    [one] { $count } créneau
   *[other] { $count } créneaux
}
public-time-free = Disponible
public-time-few = Derniers créneaux
public-time-full = Il n’y a plus de créneau ce jour-là.
public-time-nothing = Aucun créneau n’est libre dans ces semaines.
public-time-next = Prochaine date : { $date }
public-time-zone = Heures affichées : { $zone }
public-time-soonest = Au plus tôt, toute l’équipe
public-part = { $part ->
    [morning] Matin
    [afternoon] Après-midi
   *[evening] Soirée
}

public-details-title = Vos coordonnées
public-details-you = Vos coordonnées
public-details-change = Changer
public-details-name = Prénom et nom
public-details-email = Adresse e-mail
public-details-email-hint = Vous y recevrez la confirmation et le lien pour déplacer ou annuler.
public-details-phone = Téléphone
public-details-phone-hint = Pour vous joindre en cas d’imprévu.
public-details-address = Où devons-nous venir ?
public-details-address-hint = Rue, code postal et ville, et comment entrer.
public-details-note = Un mot pour préparer votre venue
public-details-note-hint = Allergie, accès, précision utile…
public-details-news = Je souhaite recevoir par e-mail les nouvelles et les offres de { $tenant }
public-details-news-hint = Facultatif : votre réservation n’en dépend pas.
public-details-deposit = Acompte demandé : { $amount }
public-details-deposit-text = Vous le réglez à l’étape suivante : le créneau est retenu 15 minutes. Il est déduit du total.
public-details-accept = En réservant, vous acceptez les
public-details-terms = conditions de réservation
public-details-and = . Vos données sont traitées comme l’explique la page
public-details-privacy = Confidentialité
public-details-submit = Confirmer le rendez-vous
public-details-request = Envoyer la demande
public-details-waits = Ce rendez-vous attend une réponse
public-details-waits-text = { $tenant } accepte ou décline votre demande. Un e-mail vous le dira.
public-gone-title = Ce créneau n’est plus libre
public-gone = Choisissez-en un autre ci-dessous.
public-gone-choose = Choisissez un autre créneau
public-gone-nearest = Les plus proches
public-gone-all = Voir toutes les dates

public-status = { $status ->
    [pending] En attente
    [confirmed] Confirmé
    [completed] Terminé
    [no_show] Absence
    [held] Acompte attendu
    [expired] Non réglé à temps
   *[cancelled] Annulé
}
public-done-title = C’est réservé, { $name }
public-done-lead = Un e-mail de confirmation part à { $email }.
public-done-pending = Votre demande est envoyée, { $name }
public-done-pending-lead = { $tenant } doit encore l’accepter. La réponse arrivera à { $email }.
public-moved-title = Votre rendez-vous est déplacé
public-manage-title = { $status ->
    [pending] Votre demande est enregistrée
    [confirmed] Votre rendez-vous est confirmé
    [completed] Ce rendez-vous a eu lieu
    [no_show] Ce rendez-vous est passé
    [offered] Un créneau vous est gardé
    [held] Ce créneau vous est réservé
    [expired] Le créneau n’est plus retenu
   *[cancelled] Votre rendez-vous est annulé
}
public-manage-lead = { $status ->
    [pending] { $tenant } doit encore l’accepter. Vous serez prévenu par e-mail.
    [confirmed] { $tenant } se réjouit de vous accueillir.
    [completed] Merci de votre visite chez { $tenant }.
    [no_show] { $tenant } vous attendait.
    [offered] Prenez-le, et il est à vous. Sinon, il sera proposé à la personne suivante.
    [held] Réglez l’acompte pour le confirmer.
    [expired] L’acompte n’a pas été réglé à temps et le créneau est de nouveau libre. Vous pouvez réserver à nouveau.
   *[cancelled] Le créneau est libéré. Vous n’avez rien d’autre à faire.
}
public-manage-take-until = Il vous est gardé jusqu’au { $until }.
public-manage-take = Prendre ce créneau
public-manage-leave = Non, merci
public-manage-calendar = Ajouter à mon agenda
public-manage-move = Déplacer
public-manage-cancel = Annuler
public-manage-again = Reprendre rendez-vous
public-manage-back = Retour à mon rendez-vous
public-manage-site = Voir la page de l’établissement
public-ticket-with = avec { $staff }, chez { $tenant }
public-ticket-comes = { $staff } vient chez vous
public-ticket-hint = { $place ->
    [customer] Avec votre adresse e-mail, il permet de retrouver cette page.
   *[business] À présenter à l’accueil. Avec votre adresse e-mail, il permet aussi de retrouver cette page.
}

public-cancel-title = Annuler ce rendez-vous ?
public-cancel-lead = Le créneau sera rendu à { $tenant }. L’annulation est définitive.
public-cancel-reason = Motif
public-cancel-reason-hint = Il sera transmis à { $tenant }.
public-cancel-late = Annuler maintenant coûte { $fee }
public-cancel-late-text = C’était sans frais jusqu’au { $until }.
public-cancel-confirm = Annuler le rendez-vous
public-cancel-move = Plutôt le déplacer
public-cancel-keep = Garder mon rendez-vous
public-move-title = Déplacer le rendez-vous
public-move-confirm-title = Confirmez le nouvel horaire
public-move-confirm = Déplacer le rendez-vous
public-move-other = Choisir un autre créneau
public-move-same = Le prix et le code de réservation ne changent pas.
public-move-anybody = Voir aussi les créneaux du reste de l’équipe
public-move-only = Seulement avec { $staff }
public-move-none-title = Ce rendez-vous ne peut plus être déplacé en ligne
public-move-none = Cette prestation n’est plus proposée. Contactez { $tenant } pour convenir d’une autre date.

public-find-title = Retrouver ma réservation
public-find-lead = Le code se trouve dans l’e-mail de confirmation, avec un lien direct vers votre rendez-vous.
public-find-code-hint = Deux lettres, puis six lettres ou chiffres.
public-find-email-hint = Celle donnée lors de la réservation.
public-find-submit = Retrouver
public-find-lost = Vous avez perdu le code ? Contactez { $tenant }.

public-privacy-title = Confidentialité
public-privacy-who = Qui traite vos données
public-privacy-who-text = { $tenant } est responsable du traitement de vos données. Harmony fournit l’outil de réservation et les traite pour son compte, selon ses instructions.
public-privacy-what = Ce qui est enregistré
public-privacy-what-text = Votre nom, votre adresse e-mail, votre numéro de téléphone, l’adresse où venir et votre message si vous les donnez, la prestation, l’horaire, le prix, la langue choisie et si vous voulez des nouvelles. Chaque réservation, déplacement et annulation garde une trace datée avec l’adresse IP d’où elle a été faite. Les messages envoyés sont notés avec leur date et leur destinataire.
public-privacy-why = Pourquoi
public-privacy-why-text = Pour tenir l’agenda de { $tenant }, vous confirmer le rendez-vous et vous permettre de le déplacer ou de l’annuler : c’est l’exécution de votre demande (RGPD, article 6.1.b). Les adresses IP servent à protéger le service contre les abus : c’est un intérêt légitime (article 6.1.f). Les nouvelles et les offres ne vont qu’à qui a coché vouloir les recevoir : c’est votre consentement (article 6.1.a), que vous pouvez retirer à tout moment. Rien d’autre n’est utilisé pour de la publicité.
public-privacy-whom = Qui peut les voir
public-privacy-whom-text = Les membres de { $tenant } qui gèrent l’agenda, et Harmony pour faire fonctionner le service, avec ses prestataires d’hébergement et d’envoi d’e-mails. Vos données ne sont ni vendues ni partagées avec d’autres établissements.
public-privacy-long = Combien de temps
public-privacy-long-text = Aussi longtemps que { $tenant } en a besoin pour suivre ses rendez-vous et respecter ses obligations comptables. Vous pouvez demander leur effacement avant. Le lien qui ouvre votre rendez-vous cesse de fonctionner 90 jours après celui-ci.
public-privacy-cookies = Cookies
public-privacy-cookies-text = Ces pages n’en déposent aucun tant que vous ne choisissez ni langue ni thème ; ce choix est alors retenu un an dans votre navigateur. Si vous vous connectez à votre compte, un autre vous garde connecté jusqu’à votre déconnexion, 90 jours au plus. Il n’y a ni mesure d’audience, ni contenu venu d’ailleurs.
public-privacy-rights = Vos droits
public-privacy-rights-text = Vous pouvez demander à voir vos données, à les corriger, à les recevoir, à les faire effacer, ou vous opposer à leur traitement, en écrivant à { $tenant }. Si la réponse ne vous convient pas, vous pouvez saisir l’autorité de protection des données de votre pays ; en France, la CNIL (cnil.fr).

public-terms-title = Conditions de réservation
public-terms-scope = De quoi il s’agit
public-terms-scope-text = Ces conditions valent pour les rendez-vous pris en ligne chez { $tenant }. La prestation est fournie par { $tenant } ; Harmony n’en est pas partie.
public-terms-booking = Réservation
public-terms-booking-text = Un rendez-vous est pris lorsque la page le confirme. Certaines prestations attendent d’abord l’accord de { $tenant } : la page et l’e-mail le disent.
public-terms-price = Prix
public-terms-price-text = Le prix est celui affiché au moment de réserver ; il ne change pas si vous déplacez le rendez-vous. Il se règle auprès de { $tenant }, ainsi que l’acompte lorsqu’il en est demandé un.
public-terms-change = Déplacer ou annuler
public-terms-change-text = Vous pouvez déplacer ou annuler par le lien de votre e-mail. Jusqu’à quand, et ce que coûte une annulation tardive ou une absence, vous le lisez avant de réserver, dans la confirmation et sur la page de votre rendez-vous ; ce qui y figurait le jour de la réservation fait foi. Faites-le le plus tôt possible : quelqu’un d’autre sera heureux de ce créneau.
public-terms-code = Votre code
public-terms-code-text = Le code de réservation et le lien de l’e-mail ouvrent votre rendez-vous à qui les possède. Ne les partagez qu’avec des personnes de confiance.
public-terms-law = En cas de désaccord
public-terms-law-text = Adressez-vous d’abord à { $tenant }. Les droits que la loi donne aux consommateurs de votre pays restent entiers.

public-legal-title = Mentions légales
public-legal-publisher = Éditeur
public-legal-publisher-text = Cette page est celle de { $tenant }, qui répond de son contenu.
public-legal-vat = Numéro de TVA
public-legal-director = Directeur ou directrice de la publication : { $name }
public-legal-host = Service technique
public-legal-host-text = La page et la réservation en ligne de { $tenant } fonctionnent avec Harmony.
public-legal-content = Contenus
public-legal-content-text = Les textes, prix et images sont ceux de { $tenant } et ne peuvent être repris sans son accord.

public-welcome-kicker = L’agenda de celles et ceux qui reçoivent
public-welcome-title = Les rendez-vous, sans le va-et-vient
public-welcome-lead = Vos clients réservent en ligne à toute heure, déplacent ou annulent seuls ; votre agenda se tient à jour et personne n’est pris deux fois.
public-welcome-start = Ouvrir mon agenda
public-welcome-demo = Voir la démonstration
public-welcome-free = Gratuit jusqu’à 50 réservations par mois, sans carte bancaire.
public-welcome-login = Se connecter
public-welcome-for = Pensé pour les métiers de rendez-vous
public-welcome-for-salons = Salons et instituts
public-welcome-for-artisans = Artisans et ateliers
public-welcome-for-coaches = Coachs et thérapeutes
public-welcome-for-photographers = Photographes
public-welcome-what = Ce que Harmony fait à votre place
public-welcome-last = Votre première réservation peut arriver ce soir
public-welcome-booked = Vous avez un rendez-vous ? Ouvrez le lien reçu par e-mail : il permet de le voir, de le déplacer ou de l’annuler.
public-welcome-docs = Documentation de l’API
public-welcome-outbox = Boîte d’envoi de développement
public-mock-day = Aujourd’hui
public-mock-one = Coupe et brushing
public-mock-two = Coupe homme
public-mock-three = Couleur
public-mock-new = Nouvelle réservation à 14:30
public-feat-online = Réservation à toute heure
public-feat-online-text = Une page à votre couleur : prestations, prix, équipe et créneaux libres. Vos clients réservent en une minute, sans compte.
public-feat-double = Jamais deux fois la même place
public-feat-double-text = Chaque créneau est vérifié au moment d’être pris, pauses et temps de battement compris.
public-feat-mail = Confirmations qui partent seules
public-feat-mail-text = E-mail avec invitation d’agenda, récapitulatif en PDF, mise à jour à chaque changement.
public-feat-move = Déplacer sans vous appeler
public-feat-move-text = Un lien suffit à vos clients pour changer d’horaire ou annuler. Le créneau se libère aussitôt.
public-feat-team = Une équipe, des horaires à chacun
public-feat-team-text = Horaires, pauses, congés et plafonds par personne. Sans préférence, la moins occupée est choisie.
public-feat-brand = Votre image, deux langues
public-feat-brand-text = Votre couleur partout, lisible de jour comme de nuit. Pages et e-mails en français et en anglais.
public-plans-title = Des prix simples
public-plans-lead = Sans engagement. Toutes les offres comprennent la page publique, les e-mails et l’équipe.
public-plans-advised = Conseillé
public-plans-month = par mois
public-plans-bookings = { $count } réservations par mois
public-plans-bookings-all = Réservations sans limite
public-plans-members = { $count ->
    [one] { $count } compte pour se connecter
   *[other] { $count } comptes pour se connecter
}
public-plans-staff = Équipe et prestations sans limite
public-plans-feature = { $feature ->
    [email] Confirmations et invitations d’agenda par e-mail
   *[public_api] Accès à l’API
}
public-plans-choose = Commencer
public-seats = Places
public-seats-show = Voir les horaires
public-seats-left = { $count ->
    [one] { $count } place
   *[other] { $count } places
}
public-group = En groupe
public-checkout-title = Régler l’acompte
public-checkout-lead = Le créneau vous est réservé jusqu’à { $time }.
public-checkout-sandbox = Paiement de test
public-checkout-sandbox-text = Aucun prestataire de paiement n’est relié : aucune carte n’est demandée, rien n’est débité.
public-checkout-pay = Payer { $amount }
public-manage-pay = Régler l’acompte
public-manage-pay-until = À régler avant { $time }.
public-details-pay = Continuer vers le paiement

public-waitlist-hint = Rien ne vous convient ?
public-waitlist-link = Rejoindre la liste d’attente
public-waitlist-title = Rejoindre la liste d’attente
public-waitlist-lead = Quand un créneau qui vous convient se libère, { $tenant } vous le garde et vous envoie un e-mail : vous le prenez d’un clic, ou vous le laissez.
public-waitlist-back = Retour aux créneaux
public-waitlist-when = Quand viendriez-vous ?
public-waitlist-from = Du
public-waitlist-to = Au
public-waitlist-part = { $part ->
    [morning] Le matin, avant 12:00
    [afternoon] L’après-midi, de 12:00 à 17:00
    [evening] Le soir, dès 17:00
   *[any] À toute heure
}
public-waitlist-email-hint = La proposition y sera envoyée.
public-waitlist-join = Rejoindre la liste d’attente
public-waitlist-state = { $status ->
    [waiting] Vous êtes sur la liste d’attente
    [offered] Un créneau vous est gardé
    [booked] Vous avez pris le créneau
    [lapsed] Le créneau est allé à quelqu’un d’autre
   *[withdrawn] Vous n’êtes plus sur la liste d’attente
}
public-waitlist-state-lead = { $status ->
    [waiting] Dès qu’un créneau qui vous convient se libère, { $tenant } écrit à { $email }.
    [offered] Voyez-le et prenez-le, avant qu’il ne soit proposé à la personne suivante.
    [booked] { $tenant } se réjouit de vous accueillir.
    [lapsed] Vous ne l’avez pas pris à temps. Vous pouvez rejoindre la liste à nouveau.
   *[withdrawn] Vous ne recevrez plus de message.
}
public-waitlist-see = Voir le créneau
public-waitlist-booking = Voir mon rendez-vous
public-waitlist-again = Voir les créneaux libres
public-waitlist-leave = Quitter la liste d’attente

public-repeat = Venir régulièrement
public-repeat-every = À quel rythme
public-repeat-weeks = { $weeks ->
    [0] Une fois
    [1] Chaque semaine
   *[other] Toutes les { $weeks } semaines
}
public-repeat-times = Combien de fois en tout
public-repeat-hint = Le même jour de la semaine, à la même heure. Si une date est prise, on vous demande avant de réserver.
public-series-title = Toutes les dates ne sont pas libres
public-series-lead = { $free } dates sur { $count } sont libres à cette heure. Rien n’est encore réservé.
public-series-free = Libre
public-series-taken = Pas libre
public-series-nearest = Le plus proche qui soit libre : { $when }
public-series-shift = En réserver { $count }, au plus proche
public-series-skip = { $count ->
    [one] Réserver la date libre
   *[other] Réserver les { $count } dates libres
}
public-series-back = Choisir une autre heure
public-manage-series = Toutes les dates de cette série
public-cancel-later = Cette date et toutes les suivantes
public-cancel-scope = Ce qui est annulé
public-cancel-this = Cette date seulement
public-questions = { $tenant } vous demande
public-question-flaw = { $label } : { $text }
public-question-sent = { $name } est envoyé. Choisissez-en un autre pour le remplacer.
public-question-file = JPEG, PNG, GIF ou PDF, 10 Mo au plus.
public-zone = Fuseau horaire
public-zone-show = Afficher les heures
public-zone-change = Afficher les heures dans un autre fuseau
public-zone-own = { $tenant } est dans un autre fuseau horaire : { $zone }.
public-visit = Votre visite
public-visit-add = Ajouter une autre prestation
public-visit-remove = Retirer { $service }

public-nav-account = Mon compte
public-account-title = Mon compte
public-account-lead = Voyez tous vos rendez-vous chez { $tenant } au même endroit. Sans mot de passe : un lien arrive dans votre messagerie.
public-account-ask = M’envoyer un lien
public-account-optional = Aucun compte n’est nécessaire pour réserver. Un seul rendez-vous à voir ?
public-account-sent-title = Regardez votre messagerie
public-account-sent-lead = Si { $tenant } connaît cette adresse, un lien y est en route. Il marche une fois, dans le quart d’heure.
public-account-sent-nothing = Rien n’est arrivé ? Regardez parmi les indésirables, et vérifiez l’adresse.
public-account-again = Redemander
public-account-sign-in = Me connecter
public-account-sign-in-lead = Avec { $email }, vous verrez vos rendez-vous chez { $tenant } dans ce navigateur, jusqu’à ce que vous vous déconnectiez.
public-account-signed-in = Connecté avec { $email }
public-account-upcoming = À venir
public-account-nothing = Aucun rendez-vous à venir.
public-account-past = Passés ou annulés
public-account-series = Ce qui revient
public-account-series-left = { $count ->
    [one] Encore une date : { $date }
   *[other] Encore { $count } dates, la prochaine le { $date }
}
public-account-waiting = Liste d’attente
public-account-profile = Mes coordonnées
public-account-locale = Langue des messages
public-account-email = Votre adresse a changé ? Dites-le à { $tenant } : c’est par elle que vous vous connectez.
public-account-save = Enregistrer
public-account-saved = C’est enregistré.
public-account-sign-out = Me déconnecter
public-account-sign-out-everywhere = Me déconnecter partout
public-account-signed-out = Vous êtes déconnecté.
