mail-greeting = Bonjour { $name },
mail-visit-line = { $service }, avec { $staff }
mail-line = { $label } : { $value }
mail-sent-by = Envoyé par Harmony pour { $tenant }
mail-sent-by-harmony = Envoyé par Harmony, l’agenda des indépendants
mail-contact = Une question ? Contactez { $tenant } :

mail-confirmation-subject = Confirmé : { $service }, { $when }
mail-confirmation-status = Confirmé
mail-confirmation-title = Votre rendez-vous est confirmé
mail-confirmation-lead = { $tenant } se réjouit de vous accueillir.
mail-confirmation-preheader = Avec { $staff }, { $when } ({ $zone })
mail-confirmation-manage = Gérer ma réservation
mail-confirmation-manage-hint = Vous pouvez y voir, déplacer ou annuler votre rendez-vous.
mail-confirmation-summary = Télécharger le récapitulatif (PDF)

mail-reschedule-subject = Déplacé : { $service }, { $when }
mail-reschedule-status = Déplacé
mail-reschedule-title = Votre rendez-vous est déplacé
mail-reschedule-lead = Voici sa nouvelle date. { $tenant } se réjouit de vous accueillir.
mail-reschedule-pending = Voici la date demandée. { $tenant } vous confirmera ce nouvel horaire.

mail-tomorrow-subject = Demain : { $service }, { $when }
mail-tomorrow-status = Demain
mail-tomorrow-title = Votre rendez-vous est demain
mail-tomorrow-lead = { $tenant } se réjouit de vous accueillir. Un empêchement ? Déplacez-le ou annulez-le avec le bouton ci-dessous.

mail-cancellation-subject = Annulé : { $service }, { $when }
mail-cancellation-status = Annulé
mail-cancellation-title = Votre rendez-vous est annulé
mail-cancellation-lead = Il a été retiré de l’agenda de { $tenant }. Vous n’avez rien à faire.
mail-cancellation-preheader = { $when } ({ $zone }) : le créneau est libéré
mail-cancellation-manage = Voir le détail

mail-series-subject = Confirmé : { $service }, à partir du { $when }
mail-series-title = Vos { $count } rendez-vous sont confirmés

mail-waitlist-subject = Vous êtes sur la liste d’attente : { $service }
mail-waitlist-status = Liste d’attente
mail-waitlist-title = Vous êtes sur la liste d’attente
mail-waitlist-lead = Dès qu’un créneau qui vous convient se libère, { $tenant } vous le garde et vous écrit.
mail-waitlist-manage = Voir, ou quitter la liste

mail-offer-subject = Un créneau s’est libéré : { $service }, { $when }
mail-offer-status = Gardé pour vous
mail-offer-title = Un créneau s’est libéré
mail-offer-lead = { $tenant } vous le garde jusqu’au { $until }. Ensuite, il sera proposé à la personne suivante.
mail-offer-take = Prendre ce créneau

mail-verification-subject = Confirmez votre adresse e-mail
mail-verification-title = Confirmez votre adresse
mail-verification-lead = Bienvenue sur Harmony. Confirmez votre adresse, et { $tenant } peut recevoir ses premières réservations.
mail-verification-preheader = Confirmez votre adresse, et { $tenant } est prêt
mail-verification-button = Confirmer mon adresse
mail-verification-link = Le bouton ne fonctionne pas ? Copiez ce lien dans votre navigateur :
mail-verification-ignore = Vous n’avez pas ouvert de compte ? Ignorez cet e-mail : sans clic, il ne se passe rien.

mail-account-subject = { $about ->
    [reset_link] Choisissez un nouveau mot de passe
    [reminder] Vous avez déjà un compte Harmony
    [unlock_link] Trop de tentatives de connexion
    [email_confirmation] Confirmez votre nouvelle adresse e-mail
    [email_change] Votre adresse e-mail va changer
    [second_factor_on] La connexion en deux étapes est activée
    [second_factor_off] La connexion en deux étapes est désactivée
    [recovery_code_used] Un code de secours a été utilisé
    [recovery_codes_made] Vos codes de secours sont nouveaux
    [identity_linked] Un compte d’un autre service est relié
    [identity_unlinked] Un compte d’un autre service est détaché
    [passkey_added] Une clé d’accès a été ajoutée
    [passkey_removed] Une clé d’accès a été retirée
    [passkey_refused] Une clé d’accès a été refusée
    [app_added] Une application de codes a été ajoutée
    [app_removed] Votre application de codes a été retirée
   *[other] Votre mot de passe a été changé
}
mail-account-title = { $about ->
    [reset_link] Choisissez un nouveau mot de passe
    [reminder] Vous avez déjà un compte
    [unlock_link] Trop de tentatives de connexion
    [email_confirmation] Confirmez votre nouvelle adresse
    [email_change] Votre adresse va changer
    [second_factor_on] La connexion en deux étapes est activée
    [second_factor_off] La connexion en deux étapes est désactivée
    [recovery_code_used] Un code de secours a été utilisé
    [recovery_codes_made] Vos codes de secours sont nouveaux
    [identity_linked] Un compte d’un autre service est relié
    [identity_unlinked] Un compte d’un autre service est détaché
    [passkey_added] Une clé d’accès a été ajoutée
    [passkey_removed] Une clé d’accès a été retirée
    [passkey_refused] Une clé d’accès a été refusée
    [app_added] Une application de codes a été ajoutée
    [app_removed] Votre application de codes a été retirée
   *[other] Votre mot de passe a été changé
}
mail-account-lead = { $about ->
    [reset_link] Vous avez demandé un nouveau mot de passe pour Harmony. Ce lien sert une seule fois, dans l’heure, et déconnecte tous vos appareils.
    [reminder] Quelqu’un, sans doute vous, a voulu s’inscrire sur Harmony avec cette adresse. Elle a déjà un compte : connectez-vous, ou choisissez un nouveau mot de passe si vous avez oublié le vôtre.
    [unlock_link] Quelqu’un a essayé de faux mots de passe pour votre compte Harmony, c’est pourquoi la connexion par mot de passe est ralentie. Par ce lien, vous vous connectez quand même. Il marche une heure.
    [email_confirmation] Vous voulez désormais vous connecter à Harmony avec cette adresse. Le lien sert pendant un jour.
    [email_change] Votre compte Harmony doit recevoir une autre adresse : { $email }. Si c’était vous, il n’y a rien à faire.
    [password_reset] Un nouveau mot de passe a été choisi par le lien que nous vous avions envoyé. Tous les appareils ont été déconnectés.
    [second_factor_on] Se connecter à Harmony demande désormais un code de votre application.
    [second_factor_off] Se connecter à Harmony ne demande plus que votre mot de passe.
    [recovery_code_used] Quelqu’un, sans doute vous, s’est connecté à Harmony par l’un de vos codes de secours.
    [recovery_codes_made] D’autres codes de secours ont été créés pour votre compte Harmony. Les précédents ne servent plus.
    [identity_linked] Un compte d’un autre service a été relié à votre compte Harmony : il permet désormais de vous connecter. Vous le voyez sur la page de sécurité.
    [identity_unlinked] Un compte d’un autre service a été détaché de votre compte Harmony : il ne permet plus de vous connecter.
    [passkey_added] Une clé d’accès a été ajoutée à votre compte Harmony : elle vous connecte sans mot de passe, et elle est demandée après lui.
    [passkey_removed] Une clé d’accès a été retirée de votre compte Harmony. Elle ne connecte plus personne.
    [passkey_refused] Quelqu’un a présenté une clé d’accès de votre compte Harmony plus ancienne que sa dernière utilisation : il en existe peut-être une copie. Elle n’a connecté personne. Retirez-la, puis ajoutez-la de nouveau.
    [app_added] Les codes de votre application sont désormais acceptés à côté de vos clés d’accès.
    [app_removed] Les codes de votre application ne sont plus acceptés. Vos clés d’accès restent.
   *[other] Le mot de passe de votre compte Harmony a été changé. Tous les autres appareils ont été déconnectés.
}
mail-account-button = { $about ->
    [reset_link] Choisir un nouveau mot de passe
    [reminder] Me connecter
    [unlock_link] Me laisser me connecter
    [email_confirmation] Confirmer ma nouvelle adresse
    [email_change] Ce n’était pas moi
   *[other] Ce n’était pas moi : en choisir un autre
}
mail-account-ignore = { $about ->
    [reset_link] Vous n’avez rien demandé ? Ignorez cet e-mail : votre mot de passe reste le même.
    [reminder] Ce n’était pas vous ? Ignorez cet e-mail : rien n’a changé.
    [unlock_link] Vous n’essayez pas de vous connecter ? Alors il n’y a rien à faire : personne n’est entré.
    [email_confirmation] Vous n’avez rien demandé ? Ignorez cet e-mail : sans clic, il ne se passe rien.
    [email_change] Pendant une semaine, ce lien vous rend votre adresse, met fin à toutes les sessions et vous fait choisir un autre mot de passe.
   *[other] C’était vous ? Alors il n’y a rien à faire.
}
mail-account-when = Quand
mail-account-device = Appareil
mail-account-network = Réseau

mail-platform-subject = { $act ->
    [support] L’assistance de Harmony intervient chez { $tenant }
    [suspend] L’entreprise { $tenant } est suspendue
   *[reinstate] L’entreprise { $tenant } n’est plus suspendue
}
mail-platform-status = { $act ->
    [support] Assistance
    [suspend] Suspendue
   *[reinstate] De nouveau ouverte
}
mail-platform-lead = { $act ->
    [support] Quelqu’un de Harmony agit chez { $tenant } pendant une heure au plus, pour la raison ci-dessous. Ce qui est fait figure au journal, au nom de l’équipe de Harmony. Aucun compte, aucune clé et aucun réglage ne lui sont ouverts.
    [suspend] Harmony a suspendu l’entreprise { $tenant }. Personne n’entre, ses clés n’ouvrent rien, et personne ne peut réserver. Ce qui est réservé tient, et les clients peuvent encore annuler.
   *[reinstate] Harmony a mis fin à la suspension de l’entreprise { $tenant }. Chacun entre comme avant, et les clients peuvent réserver.
}
mail-platform-reason = { $act ->
    [support] Raison
    [suspend] Raison
   *[reinstate] Elle était suspendue pour
}
mail-platform-why = Vous recevez cet e-mail parce que cette entreprise est à vous.

mail-limit-near-subject = Bientôt la limite : { $used } des { $max } { $what }
mail-limit-near-status = Bientôt la limite
mail-limit-near-title = Vous approchez d’une limite de votre formule
mail-limit-near-effect = { $limit ->
    [bookings_per_month] Une fois la limite atteinte, plus aucune réservation ne sera prise.
   *[other] Une fois la limite atteinte, plus rien ne sera accepté.
}
mail-limit-full-subject = Limite atteinte : { $max } { $what }
mail-limit-full-status = Limite atteinte
mail-limit-full-title = Vous avez atteint une limite de votre formule
mail-limit-full-effect = { $limit ->
    [bookings_per_month] Pour l’instant, vos clients ne peuvent plus réserver ; les rendez-vous pris sont maintenus.
   *[other] Pour l’instant, plus rien n’est accepté.
}
mail-limit-near-lead = { $tenant } a utilisé { $used } des { $max } { $what } que comprend sa formule.
mail-limit-full-lead = { $tenant } a utilisé les { $max } { $what } que comprend sa formule.
mail-limit-resets = Le compteur repart à zéro le { $date }.
mail-limit-more = La formule { $plan } comprend { $max } { $what }.
mail-limit-unlimited = La formule { $plan } n’a pas cette limite.

limit-what = { $limit ->
    [bookings_per_month] réservations de ce mois
    [sms_per_month] SMS de ce mois
    [shoots_per_month] shootings de ce mois
    [api_calls_per_month] appels d’API de ce mois
    [members] membres
    [storage_bytes] octets de stockage
   *[audit_log_days] jours de journal d’audit
}
plan-name = { $plan ->
    [free] Gratuit
    [pro] Pro
   *[enterprise] Entreprise
}

mail-invitation-subject = { $inviter } vous invite chez { $tenant }
mail-invitation-title = Rejoignez { $tenant }
mail-invitation-lead = { $inviter } vous invite à travailler avec { $tenant } sur Harmony : son agenda, ses réservations, ses clients.
mail-invitation-role = Rôle
mail-invitation-button = Voir l’invitation
mail-invitation-ignore = Le lien sert pendant une semaine. Vous ne connaissez pas cette personne ? Ignorez cet e-mail.

mail-sign-in-subject = Votre lien vers { $tenant }
mail-sign-in-title = Votre compte chez { $tenant }
mail-sign-in-lead = Par ce lien, vous voyez vos rendez-vous chez { $tenant } et ce qui est enregistré de vous. Il marche une fois, dans le quart d’heure.
mail-sign-in-button = Me connecter
mail-sign-in-ignore = Vous n’avez rien demandé ? Alors ignorez cet e-mail : personne ne se connecte sans lui.
