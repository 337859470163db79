app-current = En cours
app-archive = Archive
app-archive-do = Archiver
app-archive-empty = Rien n’est archivé
app-archive-empty-text = Ce que vous archivez se retrouve ici et peut revenir à tout moment.
app-restore = Rétablir
app-save = Enregistrer
app-saved = C’est enregistré.
app-removed = C’est supprimé.
app-remove-date = Supprimer le { $date }
app-edit-one = Modifier { $name }
app-yes = oui
app-no = non
app-today = Aujourd’hui
app-pending = À confirmer
app-minutes = En minutes.
app-minutes-tidy = En minutes, pour ranger ou souffler.
app-switched = Vous avez changé d’établissement.

app-stale-title = Enregistré entre-temps, autrement que ci-dessous :
app-stale-take = Abandonner ma saisie et reprendre ce qui est enregistré

app-brand-color = Votre couleur
app-brand-text = Elle habille votre page, vos boutons et vos e-mails. Choisissez-en une, ou la vôtre, puis voyez le résultat ici même.
app-brand-suggested = Couleurs proposées
app-brand-own = La vôtre
app-brand-try = Essayer
app-brand-preview = Aperçu
app-brand-trial = Vous essayez cette couleur
app-brand-trial-text = Vos clients ne la verront qu’une fois enregistrée.
app-brand-sample-button = Réserver
app-brand-sample-note = Votre rendez-vous est confirmé
app-brand-sample-link = Voir toutes les prestations
app-brand-contrast = Les textes restent lisibles quelle que soit la couleur : leur contraste est d’au moins 4,5 : 1, de jour comme de nuit.
app-brand-save = Enregistrer la couleur

app-closures = Fermetures
app-closures-text = Congés, jours fériés, travaux : personne ne peut réserver ces jours-là.
app-closure-from = Du
app-closure-to = Au inclus
app-closure-reason = Motif
app-closure-add = Fermer ces jours
app-closure-added = Ces jours sont fermés.
app-openings = Ouvertures exceptionnelles
app-openings-text = Un jour à part : ces horaires remplacent ceux de la semaine.
app-opening-date = Jour
app-opening-start = Ouverture
app-opening-end = Fermeture
app-opening-add = Ajouter ces horaires
app-opening-added = Les horaires de ce jour sont ajoutés.

app-hours = Horaires
app-hours-whose = Horaires de
app-hours-business = Établissement
app-hours-of = Horaires de { $name }
app-hours-week = Semaine
app-hours-closed = Fermé
app-hours-off = Pas d’horaires propres
app-hours-add = Plage
app-hours-break = Pause
app-hours-pause = Pause
app-hours-copy = Copier
app-hours-copy-to = « Copier » recopie une journée vers :
app-hours-from = { $kind ->
    [break] Début de la pause, { $day }
   *[other] Ouverture, { $day }
}
app-hours-to = { $kind ->
    [break] Fin de la pause, { $day }
   *[other] Fermeture, { $day }
}
app-hours-remove = { $kind ->
    [break] Supprimer cette pause, { $day }
   *[other] Supprimer cette plage, { $day }
}
app-hours-save = Enregistrer les horaires
app-hours-zone = Heures locales ({ $zone }). Une fermeture à 00:00 vaut minuit.
app-hours-not-offered = Pas proposée
app-hours-anytime = Quand l’équipe travaille
app-hours-service-text = Sans horaires ici, la prestation est proposée quand l’équipe travaille ; avec des horaires, dans ceux-ci seulement.
app-hours-weeks = Semaines
app-hours-week-first = Semaine habituelle
app-hours-week-from = À partir du { $date }
app-hours-week-new = Cette semaine n’est pas encore enregistrée
app-hours-week-new-text = Elle commence comme la précédente : changez ce qui change, puis enregistrez.
app-hours-week-drop = Abandonner cette semaine
app-hours-week-other = Une autre semaine à partir d’une date
app-hours-week-other-text = Horaires d’été, nouveau rythme : préparez-les dès maintenant, ils valent à partir de cette date, jusqu’à la suivante.
app-hours-week-date = À partir du
app-hours-week-prepare = Préparer la semaine
app-hours-fill = Remplir comme
app-hours-fill-do = Remplir
app-hours-template = { $name ->
    [tenant] Établissement
    [office] Lundi à vendredi, 9 h à 18 h
    [shop] Mardi à samedi, 9 h à 19 h
   *[always] Tous les jours, 24 h sur 24
}
app-hours-inherited = Suit les horaires de l’établissement
app-hours-inherited-text = Ajoutez une plage pour lui donner ses propres horaires.
app-hours-stale = Ces horaires ont changé entre-temps
app-hours-stale-text = Votre saisie est gardée ci-dessous : vérifiez-la, puis enregistrez de nouveau. Recharger la page montre ce qui est enregistré.

app-limit = { $limit ->
    [bookings_per_month] Réservations ce mois-ci
    [sms_per_month] SMS ce mois-ci
    [members] Membres qui se connectent
   *[storage_bytes] Stockage
}
app-limit-used = { $used } sur { $max }
app-limit-free = { $used }, sans limite
app-limit-none = Non compris
app-limit-unlimited = Illimité
app-plan = Formule
app-plan-compare = Comparer les formules
app-plan-what = Ce qui est compris
app-plan-price = { $price } par mois
app-plan-mine = La vôtre
app-plan-resets = Les compteurs du mois repartent à zéro le { $date }.
app-feature = { $feature ->
    [email] E-mails aux clients
    [sms] SMS aux clients
    [calendar_sync] Synchronisation d’agendas
    [deposits] Acomptes
    [gift_cards] Cartes cadeaux
    [analytics] Statistiques avancées
    [predictions] Prévisions
    [export] Export
    [public_api] API publique
    [single_sign_on] Connexion d’entreprise
    [webhooks] Webhooks
   *[white_label] Marque blanche
}

app-link-share = Partagez votre page
app-link-text = Mettez ce lien sur vos réseaux, votre site, votre signature : vos clients réservent d’eux-mêmes.
app-link-copy = Copier le lien
app-link-qr = Code QR de votre page
app-link-qr-text = À imprimer pour la vitrine ou le comptoir.
app-link-qr-get = Télécharger le code
app-link-shared = Je l’ai partagé
app-link-address = Adresse de la page
app-link-slug = Adresse
app-link-slug-hint = Lettres minuscules, chiffres et tirets. L’ancienne adresse mène à la nouvelle.


app-services = Prestations
app-services-empty = Pas encore de prestation
app-services-empty-text = Ajoutez ce que vos clients peuvent réserver : un nom, une durée, un prix.
app-service-new = Nouvelle prestation
app-service-one = Prestation
app-service-what = L’essentiel
app-in-language = { $language ->
    [fr] En français
   *[en] En anglais
}
app-service-name = Nom
app-service-name-example = Coupe femme
app-service-category = Catégorie
app-service-category-hint = Regroupe les prestations sur votre page.
app-service-category-translated = Une fois suffit pour toutes les prestations de la catégorie.
app-service-price = Prix
app-service-price-hint = 0 pour une prestation gratuite.
app-service-description = Description
app-service-time = Durée
app-service-duration = Durée
app-service-step = Proposer un créneau toutes les
app-service-step-none = Durée de la prestation
app-service-step-hint = Plus court, plus de choix ; plus long, moins de trous.
app-service-buffer-before = Battement avant
app-service-location = Lieu
app-service-location-business = Les clients viennent chez vous
app-service-location-customer = Vous allez chez le client
app-service-location-hint = Qui réserve une prestation à domicile indique son adresse.
app-service-travel = Temps de trajet
app-service-travel-hint = En minutes, pour l’aller et autant pour le retour, si vous allez chez le client : personne ne peut les réserver.
app-service-buffer-after = Battement après
app-service-rules = Règles de réservation
app-service-notice = Au plus tard
app-service-notice-none = Jusqu’à la dernière minute
app-service-notice-hint = Le délai avant le rendez-vous.
app-service-horizon = Jours réservables
app-service-horizon-hint = Combien de jours à l’avance on peut réserver.
app-service-until = Jusqu’à une date
app-service-until-hint = Vide : pas de date limite.
app-service-deposit = Acompte (%)
app-service-deposit-hint = Demandé à la réservation ; 0 pour aucun.
app-service-deposit-plan = Les acomptes font partie de la formule Pro ; laissez 0.
app-service-auto-confirm = Confirmer d’office
app-service-auto-confirm-hint = Sinon, chaque demande attend votre réponse.
app-service-active = Visible sur votre page
app-service-active-hint = Masquée, elle garde ses rendez-vous pris.
app-service-staff = Qui la propose
app-service-staff-hint = Personne de coché : toute l’équipe, même à venir.
app-service-collective = Tous ensemble
app-service-collective-hint = Un créneau est proposé quand tout le monde est libre, et prend le temps de chacun.
app-service-rooms = Salles et matériel
app-service-rooms-hint = L’une de celles cochées est prise le temps du rendez-vous. Aucune cochée : il n’en faut pas.
app-service-hours-hint = Proposée à certaines heures : le matin, le jeudi, une saison.
app-service-everybody = Toute l’équipe
app-service-hidden = Masquée
app-service-approval = Sur validation
app-service-archive = Archiver la prestation
app-service-archive-hint = Elle ne peut plus être réservée. Les rendez-vous pris sont maintenus.
app-service-added = La prestation est ajoutée.
app-service-archived = La prestation est archivée.
app-service-restored = La prestation est rétablie.

app-settings = Réglages
app-settings-profile = Profil
app-settings-brand = Apparence
app-settings-link = Lien et QR
app-settings-business = Votre établissement
app-settings-name = Nom
app-settings-reach = Vous joindre
app-settings-email = E-mail
app-settings-phone = Téléphone
app-settings-address = Adresse
app-settings-about = À propos de votre établissement
app-settings-city = Ville
app-settings-website = Site web
app-settings-instagram = Instagram
app-settings-legal-name = Raison sociale
app-settings-legal-form = Forme juridique
app-settings-publisher = Responsable de la publication
app-settings-siret = SIRET
app-settings-vat-id = Numéro de TVA
app-settings-about-hint = S’affiche en haut de votre page.
app-settings-legal = Mentions légales
app-settings-legal-hint = Ce que disent vos mentions légales, que la loi demande.
app-settings-region = Langue et heure
app-settings-locale = Langue
app-settings-locale-hint = De votre page, quand celle du client n’est pas connue.
app-settings-appointments = Rendez-vous
app-settings-duration = Durée habituelle
app-settings-duration-hint = En minutes. Une nouvelle prestation commence avec.
app-settings-break = Pause habituelle
app-settings-break-hint = En minutes, après un rendez-vous : pour le temps libre que donne l’API.
app-settings-zone = Fuseau horaire
app-settings-zone-hint = Vos horaires s’y lisent. En changer les déplace tous.

app-policy = Annulation
app-policy-lead = Ce que vos clients peuvent faire seuls, et ce que cela coûte. Un rendez-vous garde les règles du jour où il a été pris ; vous pouvez toujours annuler, déplacer et renoncer aux frais.
app-policy-who = Ce que les clients font en ligne
app-policy-cancel = Annuler jusqu’à
app-policy-move = Déplacer jusqu’à
app-policy-never = Jamais, vous seulement
app-policy-start = Début du rendez-vous
app-policy-who-hint = Heures et jours comptent avant le rendez-vous. Ce dont l’annulation serait payante ne se déplace pas non plus en ligne.
app-policy-cost = Ce que cela coûte
app-policy-free = Sans frais jusqu’à
app-policy-free-hint = Avant le rendez-vous.
app-policy-late = Annuler plus tard coûte
app-policy-no-show = Ne pas venir coûte
app-policy-fee = { $of ->
    [nothing] Rien
    [deposit] L’acompte
   *[price] Une part du prix
}
app-policy-late-rate = Part du prix, trop tard
app-policy-no-show-rate = Part du prix, absence
app-policy-rate-hint = En pour cent, si vous demandez une part du prix.

app-embed = Votre site
app-embed-lead = Vos clients prennent rendez-vous sur votre propre site, sans le quitter.
app-embed-sites = Sites qui peuvent afficher vos pages de réservation
app-embed-origins = Adresses, une par ligne
app-embed-origins-hint = Dix au plus, chacune sans page. Avec et sans www font deux adresses. Les autres sites n’affichent qu’un lien.
app-embed-code = Code pour votre site
app-embed-code-text = Placez-le là où vos clients doivent réserver. Sans JavaScript, ils voient un lien.
app-embed-service = Prestation
app-embed-services-all = Toutes les prestations
app-embed-mode = Affichage
app-embed-inline = Dans la page
app-embed-button = Dans une fenêtre, par un bouton
app-embed-lang = Langue
app-embed-lang-auto = Celle du site
app-embed-show = Afficher le code
app-embed-copy = Copier le code
app-embed-preview = Aperçu
app-embed-preview-text = Il fonctionne vraiment : ce que vous réservez ici est réservé.
app-embed-flaw = « { $line } » : { $text }

app-setup = Premiers pas
app-setup-text = Quatre étapes, et votre page travaille pour vous.
app-setup-dismiss = Masquer
app-setup-progress = Avancement
app-setup-done = { $done } sur 4
app-setup-is-done = fait
app-setup-step = { $step ->
    [hours] Vérifiez vos horaires
    [service] Ajoutez une prestation
    [page] Regardez votre page
   *[link] Partagez votre lien
}
app-setup-step-text = { $step ->
    [hours] Du lundi au vendredi de 8 h à 18 h pour commencer.
    [service] Un nom, une durée, un prix.
    [page] Comme vos clients la verront.
   *[link] Sur vos réseaux, ou en QR code sur la vitrine.
}

app-team = Équipe
app-staff-new = Nouveau membre
app-staff-one = Membre de l’équipe
app-staff-name = Nom
app-staff-name-hint = Tel que vos clients le lisent. Une cabine ou un poste peut aussi se réserver.
app-staff-email = E-mail
app-staff-email-hint = Jamais montré aux clients.
app-staff-no-email = Sans e-mail
app-staff-max = Rendez-vous par jour, au plus
app-staff-max-hint = Vide : autant que les horaires le permettent.
app-staff-a-day = { $count } par jour au plus
app-staff-weight = Part des rendez-vous (%)
app-staff-weight-hint = De ceux pris sans choisir personne. 200 : deux fois plus que les autres.
app-staff-zone = Fuseau horaire
app-staff-zone-own = Celui de l’établissement
app-staff-you = Vous
app-staff-hours = Voir les horaires
app-staff-hours-hint = Ses propres horaires, pauses et congés.
app-staff-archive = Archiver ce membre
app-staff-archive-hint = On ne peut plus réserver avec lui. Ses rendez-vous pris sont maintenus.
app-staff-added = Le membre est ajouté.
app-staff-archived = Le membre est archivé.
app-staff-restored = Le membre est rétabli.
app-rooms = Salles
app-rooms-text = Une cabine, un fauteuil, une machine : un seul rendez-vous à la fois. Cochez-les dans les prestations qui en ont besoin.
app-rooms-empty = Pas encore de salle
app-rooms-empty-text = Sans salle, seul le temps de votre équipe compte.
app-room-new = Nouvelle salle
app-room-name = Nom
app-room-name-example = Cabine 1
app-room-name-of = Nom de { $name }
app-room-name-invalid = Une salle a un nom, de 255 caractères au plus.
app-room-rename = Enregistrer le nom de { $name }
app-room-archive = Archiver { $name }
app-room-add = Ajouter la salle
app-room-added = La salle est ajoutée.
app-room-archived = La salle est archivée. Plus aucun rendez-vous ne la prend.
app-room-restored = La salle est rétablie.
app-staff-last = Il faut au moins une personne à réserver : ajoutez-en une autre d’abord.

app-start = Accueil
app-start-hello = Bonjour { $name }
app-start-today = Aujourd’hui
app-start-calendar = Agenda
app-start-bookings = Rendez-vous
app-start-revenue = Prévu aujourd’hui
app-start-pending = À confirmer
app-start-next = À venir
app-start-none = Rien de prévu
app-start-none-text = Partagez votre lien : les réservations arriveront ici.
app-start-unverified = Confirmez votre adresse e-mail
app-start-unverified-text = Ouvrez le lien que nous vous avons envoyé. D’ici là, 50 e-mails par jour partent vers vos clients.

app-tenant-new = Nouvel établissement
app-tenant-new-text = Un second salon, une autre activité : ses propres prestations, horaires et clients, avec le même compte.
app-tenant-open = Ouvrir
app-tenant-opened = L’établissement est ouvert. Voici ses premiers pas.
app-service-capacity = Places
app-service-capacity-hint = 1 : chaque client a son propre créneau. Davantage : une séance de groupe que plusieurs réservent ensemble.
app-questions = Questions aux clients
app-questions-hint = Ce que vous devez savoir avant leur venue : allergies, envie, photo.
app-questions-edit = Modifier les questions
app-questions-text = Posées à chaque réservation de cette prestation. Une réponse garde les mots de sa question, même si vous les changez plus tard.
app-questions-empty = Aucune question pour l’instant
app-questions-empty-text = Ajoutez une question : elle sera posée dès la prochaine réservation.
app-questions-stale = Cette prestation a été modifiée entre-temps
app-questions-stale-text = Vos questions sont conservées ci-dessous. Enregistrez à nouveau pour remplacer les autres.
app-questions-saved = Les questions sont enregistrées.
app-questions-most = Une prestation pose 20 questions au plus.
app-question-number = Question { $number }
app-question-up = Monter la question { $number }
app-question-down = Descendre la question { $number }
app-question-remove = Supprimer la question { $number }
app-question-label = Question
app-question-label-example = Que souhaitez-vous photographier ?
app-question-kind = Réponse
app-question-kinds = { $kind ->
    [long_text] Plusieurs lignes
    [choice] Un choix
    [choices] Plusieurs choix
    [number] Un nombre
    [date] Une date
    [file] Une photo ou un PDF
    [consent] Une case à cocher
   *[text] Un texte court
}
app-question-options = Choix
app-question-options-hint = Un par ligne, au moins deux.
app-question-options-translated = Un par ligne, dans le même ordre. Vide : tels quels.
app-question-min = Au moins
app-question-max = Au plus
app-question-help = Explication
app-question-help-hint = Affichée sous la question.
app-question-required = Réponse obligatoire
app-question-active = Posée actuellement
app-question-add = Ajouter une question

app-account = Votre compte
app-account-profile = Profil
app-account-security = Sécurité
app-account-locale-hint = De ce tableau de bord et des e-mails que vous recevez.
app-account-email = Adresse e-mail
app-account-email-change = Changer d’adresse
app-account-email-new = Nouvelle adresse
app-account-email-text = Nous écrivons aux deux : un lien envoyé à la nouvelle adresse vous la donne, un lien envoyé à l’ancienne annule tout pendant une semaine.
app-account-email-send = Envoyer le lien
app-account-email-asked = Ouvrez le lien que nous avons envoyé à la nouvelle adresse.
app-account-email-awaited = En attente de { $email }
app-account-email-awaited-text = Le lien de cet e-mail sert pendant un jour. D’ici là, rien ne change.
app-account-email-withdraw = Ne rien changer
app-account-email-withdrawn = Votre adresse reste la même.
app-security-verified = Confirmée
app-security-unverified = À confirmer
app-security-password-change = Changer le mot de passe
app-security-password-changed = Votre mot de passe est changé. Tous les autres appareils sont déconnectés.
app-security-sessions = Appareils connectés
app-security-sessions-text = Un téléphone perdu, un ordinateur partagé ? Déconnectez-les ici.
app-security-this-device = Cet appareil
app-security-unknown-device = Appareil inconnu
app-security-seen = Vu le { $when }
app-security-end = Déconnecter
app-security-ended = Cet appareil est déconnecté.
app-security-end-others = Déconnecter tous les autres
app-security-end-all = Tout déconnecter, ici aussi
app-security-ended-others = Tous les autres appareils sont déconnectés.
app-security-events = Activité récente
app-security-events-text = Quelque chose ne vient pas de vous ? Changez de mot de passe.
app-security-event = { $kind ->
    [signed_in] Connexion
    [password_changed] Mot de passe changé
    [password_reset] Mot de passe choisi à nouveau par un lien
    [email_change_asked] Changement d’adresse demandé
    [email_changed] Adresse changée
    [email_change_undone] Changement d’adresse annulé
    [second_factor_on] Connexion en deux étapes activée
    [second_factor_off] Connexion en deux étapes désactivée
    [recovery_code_used] Connexion par un code de secours
    [recovery_codes_made] Nouveaux codes de secours
    [identity_linked] Compte d’un autre service relié
    [identity_unlinked] Compte d’un autre service détaché
    [passkey_added] Clé d’accès ajoutée
    [passkey_removed] Clé d’accès retirée
    [passkey_refused] Clé d’accès refusée : il en existe peut-être une copie
    [app_added] Application de codes ajoutée
    [app_removed] Application de codes retirée
   *[signed_out_elsewhere] Tous les autres appareils déconnectés
}

app-second-factor = Connexion en deux étapes
app-second-factor-on = Activée
app-second-factor-is-on = La connexion en deux étapes est activée
app-second-factor-on-title = Activer la connexion en deux étapes
app-second-factor-text = Un code d’une application de votre téléphone, en plus du mot de passe : qui apprend l’un n’a pas l’autre.
app-second-factor-set-up = Configurer
app-second-factor-begin = Continuer
app-second-factor-scan-title = Scannez ce code avec votre application
app-second-factor-scan = Toute application de codes convient : Aegis, Google Authenticator, 1Password, Bitwarden…
app-second-factor-qr = Code QR pour votre application
app-second-factor-type = Impossible de scanner ? Saisissez-le
app-second-factor-copy = Copier le secret
app-second-factor-open = Ouvrir l’application de cet appareil
app-second-factor-first = Les six chiffres affichés
app-second-factor-confirm = Activer
app-second-factor-codes = Vos codes de secours
app-second-factor-codes-text = Téléphone perdu ? Chacun de ces codes vous laisse entrer une fois, à la place du code de l’application ou de la clé d’accès. Gardez-les loin de votre téléphone.
app-second-factor-codes-once = Gardez ces codes maintenant : ils ne seront plus affichés.
app-second-factor-codes-copy = Copier tous les codes
app-second-factor-codes-kept = Je les ai gardés
app-second-factor-codes-left = { $count ->
    [0] Il ne reste aucun code de secours : créez-en d’autres.
    [one] Il reste un code de secours.
   *[other] Il reste { $count } codes de secours.
}
app-second-factor-codes-renew = Créer d’autres codes de secours
app-second-factor-codes-renew-text = Les codes que vous avez ne serviront plus.
app-second-factor-remove-title = Désactiver la connexion en deux étapes
app-second-factor-remove-text = Votre mot de passe seul laissera entrer quiconque le connaît.
app-second-factor-remove = Désactiver
app-second-factor-removed = La connexion en deux étapes est désactivée.
app-second-factor-app-add = Ajouter une application de codes
app-second-factor-app-added = Les codes de votre application sont acceptés, eux aussi.
app-second-factor-app-remove = Retirer l’application de codes
app-second-factor-app-removed = Les codes de votre application ne sont plus acceptés.
app-second-factor-or = Ou bien ce qui déverrouille votre téléphone ou votre ordinateur :
app-passkeys = Clés d’accès
app-passkeys-text = Une clé d’accès vous connecte avec ce qui déverrouille votre appareil : un doigt, un visage, un code. Personne ne peut la deviner ni vous la soutirer.
app-passkeys-manage = { $count ->
    [0] Ajouter une clé d’accès
    [one] Voir votre clé d’accès
   *[other] Voir vos { $count } clés d’accès
}
app-passkeys-empty = Vous n’en avez pas encore.
app-passkeys-full = Vous avez dix clés d’accès. Retirez-en une pour en ajouter une autre.
app-passkey-none = Il faut un navigateur qui connaît les clés d’accès, et l’adresse officielle de ce site.
app-passkey-noscript = Pour ajouter une clé d’accès, activez JavaScript.
app-passkey-with-password = Avec le mot de passe
app-passkey-with-password-text = Votre mot de passe a été choisi de nouveau par e-mail depuis l’ajout de cette clé d’accès. Elle est demandée après le mot de passe, et ne vous connecte pas seule. Pour retrouver cela, retirez-la et ajoutez-la de nouveau.
app-passkey-added-on = Ajoutée le { $when }
app-passkey-used = dernière utilisation le { $when }
app-passkey-edit = Modifier
app-passkey-add-title = Ajouter une clé d’accès
app-passkey-name = Nom
app-passkey-name-hint = Pour la reconnaître : « Téléphone », « Portable »…
app-passkey-begin = Continuer
app-passkey-create-text = Votre navigateur demande où la garder. C’est l’affaire d’un instant, et possible pendant cinq minutes.
app-passkey-create = Créer la clé d’accès
app-passkey-added = La clé d’accès est ajoutée. Désormais, elle vous connecte.
app-passkey-remove-title = Retirer cette clé d’accès
app-passkey-remove-text = Elle ne vous connectera plus. Supprimez-la aussi sur votre appareil.
app-passkey-remove = Retirer
app-passkey-removed = La clé d’accès est retirée.

app-access = Accès
app-access-members = Qui peut se connecter
app-access-text = Les membres voient et font ce que leur rôle permet. Qui ne donne que des rendez-vous n’a pas besoin d’accès : ajoutez-le à l’équipe.
app-access-room = { $used } sur { $max } dans votre offre, invitations en cours comprises.
app-access-you = Vous
app-access-second-factor = Deux étapes
app-access-seen = connecté le { $when }
app-access-role = Rôle
app-access-role-of = Rôle de { $name }
app-access-change = Changer le rôle de { $name }
app-access-remove = Retirer { $name }
app-access-invitations = Invitations
app-access-until = jusqu’au { $when }
app-access-revoke = Reprendre
app-access-invite = Inviter quelqu’un
app-access-send = Envoyer l’invitation
app-access-verify = Confirmez d’abord votre propre adresse : le lien est dans l’e-mail reçu à l’inscription.
app-access-full = Votre offre ne permet pas d’autre membre.
app-access-plans = Voir les offres
app-access-table = Ce que permet chaque rôle
app-access-may = Peut
app-access-yes = oui
app-access-no = non
app-access-permission = { $permission ->
    [read] Voir l’agenda, les prestations, les clients
    [manage_bookings] Prendre, déplacer et annuler des réservations
    [manage_catalogue] Changer prestations, équipe et horaires
    [manage_tenant] Changer profil, image et conditions
    [manage_team] Dire qui peut se connecter
    [manage_keys] Créer des clés d’API
    [read_audit] Lire qui a changé quoi
   *[own_tenant] Donner l’entreprise à un autre
}
app-access-give = Donner l’entreprise à un autre membre
app-access-give-text = Cette personne en sera propriétaire, et vous administrateur.
app-access-heir = Nouveau propriétaire
app-access-invited = L’invitation est en route.
app-access-revoked = L’invitation n’ouvre plus rien.
app-access-changed = Le rôle est changé.
app-access-removed = Cette personne ne peut plus se connecter ici.
app-access-given = L’entreprise a un autre propriétaire.

app-account-remove = Supprimer mon compte
app-account-remove-text = Vous quittez chaque entreprise, et ce que nous savons de vous disparaît. Ce que vous y avez fait reste dans leur historique, sans votre nom. Seul propriétaire d’une entreprise ? Donnez-la d’abord à un autre.
app-account-data = Vos données
app-account-data-text = Ce que nous savons de vous : profil, entreprises, sessions et événements du compte, dans un fichier.
app-account-data-file = Tout télécharger
app-api-keys = Clés d’API
app-api-keys-text = Avec une clé, un programme agit pour votre entreprise : votre site, une caisse, une automatisation.
app-api-keys-docs = Comment marche l’API
app-api-keys-used = utilisée { $when }
app-api-keys-unused = jamais utilisée
app-api-keys-until = jusqu’au { $when }
app-api-keys-always = jusqu’à ce que vous la retiriez
app-api-keys-revoke = Retirer { $name }
app-api-keys-rotate = Remplacer cette clé
app-api-keys-rotate-text = Vous recevez une nouvelle clé qui peut la même chose. L’ancienne marche encore { $hours } heures, pour que rien ne s’arrête entre-temps.
app-api-keys-new = Nouvelle clé
app-api-keys-plan = Les clés d’API viennent avec le forfait Enterprise.
app-api-keys-name = Nom
app-api-keys-name-hint = À quoi elle sert, comme « Site web »
app-api-keys-life = Valable
app-api-keys-days = { $days ->
    [0] jusqu’à ce que je la retire
   *[other] { $days } jours
}
app-api-keys-scopes = Ce qu’elle peut faire
app-api-keys-make = Créer la clé
app-api-keys-made = La clé « { $name } » est créée
app-api-keys-once = Copiez-la maintenant : elle ne sera plus montrée.
app-api-keys-key = La clé
app-api-keys-kept = Je l’ai gardée
app-api-keys-send = Votre programme l’envoie avec chaque requête :
app-api-keys-revoked = La clé n’ouvre plus rien.
app-audit = Journal
app-audit-text = Qui a changé quoi depuis le { $since } : votre forfait le garde aussi longtemps. Personne ne peut y toucher.
app-audit-what = Quoi
app-audit-all = Tout
app-audit-who = Qui
app-audit-anybody = Tous
app-audit-from = Du
app-audit-to = Au
app-audit-details = Ce qui a changé
app-audit-field = Champ
app-audit-before = Avant
app-audit-after = Après
app-audit-request = Requête
app-audit-erased = Ce qu’il en était est effacé, avec le client concerné.
app-audit-none-found = Aucun changement de ce genre
app-audit-none-found-text = Choisissez d’autres dates, ou davantage de choses.
app-audit-none = Rien n’a encore changé
app-audit-none-text = Chaque changement de votre entreprise sera listé ici.
app-audit-actor = { $actor ->
    [customer] Un client
    [operator] L’équipe de Harmony
    [api_key] Une clé
    [user] Un ancien membre
   *[other] Harmony
}
app-audit-subject = { $subject ->
    [booking] Réservations
    [customer] Clients
    [waitlist] Liste d’attente
    [service] Prestations
    [staff] Équipe
    [room] Salles
    [opening_rules] Horaires
    [break_rules] Pauses
    [closure] Fermetures
    [opening] Ouvertures
    [private_event] Événements privés
    [calendar_feed] Flux d’agenda
    [tenant] L’entreprise
    [support] Assistance
    [member] Membres
    [invitation] Invitations
    [api_key] Clés d’API
    [job] Travail de fond
   *[queue] Files
}
app-audit-did = { $action ->
    [booking_create] Réservé
    [booking_confirm] Réservation confirmée
    [booking_accept] Demande acceptée
    [booking_cancel] Réservation annulée
    [booking_reschedule] Réservation déplacée
    [booking_resize] Durée d’une réservation changée
    [booking_update] Réservation changée
    [booking_complete] Réservation honorée
    [booking_miss] Client absent
    [booking_expire] Réservation provisoire expirée
    [booking_pay_deposit] Acompte payé
    [booking_waive_fee] Frais abandonnés
    [customer_create] Client ajouté
    [customer_update] Client changé
    [customer_block] Client bloqué
    [customer_unblock] Client débloqué
    [customer_erase] Client effacé
    [customer_consent] Consentement noté
    [customer_merge] Clients fusionnés
    [customer_import] Clients importés
    [customer_export] Clients exportés
    [waitlist_join] Inscrit sur la liste d’attente
    [waitlist_leave] Retiré de la liste d’attente
    [waitlist_offer] Place libre proposée
    [service_create] Prestation ajoutée
    [service_update] Prestation changée
    [service_remove] Prestation archivée
    [service_restore] Prestation rétablie
    [service_questions] Questions d’une prestation changées
    [service_image] Image d’une prestation changée
    [staff_create] Membre de l’équipe ajouté
    [staff_update] Membre de l’équipe changé
    [staff_remove] Membre de l’équipe archivé
    [staff_restore] Membre de l’équipe rétabli
    [room_create] Salle ajoutée
    [room_update] Salle changée
    [room_remove] Salle archivée
    [room_restore] Salle rétablie
    [opening_rules_replace] Horaires changés
    [break_rules_replace] Pauses changées
    [closure_create] Fermeture ajoutée
    [closure_remove] Fermeture retirée
    [opening_create] Ouverture ajoutée
    [opening_remove] Ouverture retirée
    [private_event_create] Événement privé ajouté
    [private_event_update] Événement privé changé
    [private_event_remove] Événement privé retiré
    [private_event_import] Événements privés importés
    [calendar_feed_renew] Flux d’agenda renouvelé
    [calendar_feed_update] Flux d’agenda changé
    [calendar_feed_revoke] Flux d’agenda retiré
    [tenant_create] Entreprise créée
    [tenant_update] Profil changé
    [tenant_rename] Adresse de la page changée
    [tenant_plan] Forfait changé
    [tenant_logo] Logo changé
    [tenant_cover] Image de couverture changée
    [tenant_set_policy] Conditions changées
    [tenant_set_embedding] Intégration changée
    [tenant_set_second_factor] Double authentification demandée aux membres
    [tenant_set_sign_on] Connexion d’entreprise réglée
    [tenant_remove_sign_on] Connexion d’entreprise retirée
    [tenant_suspend] Entreprise suspendue
    [tenant_reinstate] Entreprise rétablie
    [support_begin] L’assistance de Harmony est entrée
    [support_end] L’assistance de Harmony est sortie
    [tenant_transfer] Entreprise donnée à un autre
    [member_join] Membre arrivé
    [member_leave] Membre parti
    [member_remove] Membre retiré
    [member_change_role] Rôle changé
    [invitation_create] Invitation envoyée
    [invitation_revoke] Invitation retirée
    [api_key_create] Clé d’API créée
    [api_key_rotate] Clé d’API remplacée
    [api_key_revoke] Clé d’API retirée
    [job_retry] Travail relancé
    [job_delete] Travail supprimé
    [job_retry_all] Travail relancé
    [job_delete_all] Travail supprimé
    [queue_pause] File en pause
    [queue_resume] File reprise
    [queue_update] File changée
   *[other] { $raw }
}
app-access-factor = Double authentification
app-access-factor-text = Les membres sans elle n’atteignent rien ici avant de l’avoir activée.
app-access-factor-without = { $count ->
    [0] Chaque membre l’a.
    [one] Un membre ne l’a pas encore.
   *[other] { $count } membres ne l’ont pas encore.
}
app-access-factor-on = La demander à chaque membre
app-access-factor-first = Activez-la d’abord pour vous-même.
app-access-factor-changed = Enregistré.
app-support = Vous agissez pour { $tenant } jusqu’à { $until }
app-support-stop = Arrêter
app-second-factor-required = Cette entreprise demande la double authentification. Activez-la pour continuer.

app-identity = Se connecter avec d’autres
app-identity-text = Ce que vous reliez ici vous connecte, à la place de votre mot de passe.
app-identity-provider = { $provider ->
    [google] Google
   *[microsoft] Microsoft
}
app-identity-add = { $provider ->
    [google] Relier Google
   *[microsoft] Relier Microsoft
}
app-identity-link-title = Est-ce à vous ?
app-identity-link-text = Ne le reliez que s’il est à vous : qui l’a peut se connecter à votre place.
app-identity-link-text-of = Ne le reliez que s’il est à vous. { $tenant } pourra alors vous connecter chez elle, et nulle part ailleurs.
app-identity-link = Relier à mon compte
app-identity-linked = C’est relié : vous pouvez désormais vous connecter ainsi.
app-identity-unlink-title = Détacher ce compte ?
app-identity-unlink-text = Il ne vous connectera plus. Votre mot de passe, toujours.
app-identity-unlink = Détacher
app-identity-unlinked = Ce compte ne vous connecte plus.

app-sign-on = Connexion d’entreprise
app-sign-on-tab = SSO
app-sign-on-lead = Vos membres se connectent avec le compte qu’ils ont dans votre entreprise : tout fournisseur OpenID Connect convient, comme Entra ID, Google Workspace, Okta ou Keycloak.
app-sign-on-plan = La connexion d’entreprise vient avec le forfait Enterprise.
app-sign-on-ours = De notre côté
app-sign-on-redirect = Donnez à votre fournisseur cette adresse de retour :
app-sign-on-redirect-copy = Copier l’adresse de retour
app-sign-on-address = Vos membres se connectent ici :
app-sign-on-address-copy = Copier l’adresse de connexion
app-sign-on-provider = Votre fournisseur
app-sign-on-issuer = Son adresse (issuer)
app-sign-on-issuer-hint = Comme ses propres documents la nomment, sans /.well-known.
app-sign-on-client = Identifiant client
app-sign-on-secret = Secret client
app-sign-on-secret-hint = Il est gardé scellé et n’est jamais montré. Laissé vide, il reste le même.
app-sign-on-domains = Domaines des adresses e-mail
app-sign-on-domains-hint = Séparés par des virgules. Laissé vide, toute adresse convient.
app-sign-on-change = Chaque membre relie son compte une fois, avec son mot de passe. Un autre fournisseur ou un autre identifiant client ne connaît personne : chacun relie le sien à nouveau.
app-sign-on-set = La connexion d’entreprise est en place.
app-sign-on-remove = Retirer la connexion d’entreprise
app-sign-on-remove-text = Qui est entré par elle est déconnecté, et ce qui était relié est oublié. Les mots de passe marchent toujours.
app-sign-on-removed = La connexion d’entreprise est retirée.
